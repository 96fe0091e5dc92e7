package dev.payledger.kit.management;

import dev.payledger.kit.problem.ErrorCode;

/// The closed list of errors with which the management port refuses a request. `code()` is stable
/// (`docs/generated/errors.md`).
public enum ManagementProblemCode implements ErrorCode {
  MANAGEMENT_CREDENTIAL_REQUIRED(
      401,
      "No valid management credential",
      "Send the management credential as `Authorization: Bearer`."),
  /// 421 and not 403: it is not the caller who lacks a right. This server does not answer for the host
  /// that the request names (RFC 9110 section 15.5.20).
  MANAGEMENT_HOST_NOT_ALLOWED(
      421,
      "The management port does not answer for this host",
      "Name 127.0.0.1 or localhost in `Host`, or allow the name in `payledger.management.allowed-hosts`.");

  private final Meaning meaning;

  ManagementProblemCode(int status, String title, String next) {
    // Never retryable: the same request is refused again.
    this.meaning = new Meaning(status, false, title, next);
  }

  @Override
  public Meaning meaning() {
    return meaning;
  }
}
