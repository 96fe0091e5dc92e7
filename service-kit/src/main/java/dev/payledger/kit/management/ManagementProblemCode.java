package dev.payledger.kit.management;

import java.util.Locale;

/// The closed list of errors with which the management port refuses a request. `code()` is stable
/// (`docs/generated/errors.md`).
public enum ManagementProblemCode {
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

  private final int status;
  private final String title;
  private final String next;

  ManagementProblemCode(int status, String title, String next) {
    this.status = status;
    this.title = title;
    this.next = next;
  }

  public int status() {
    return status;
  }

  /// Never: the same request is refused again.
  public boolean isRetryable() {
    return false;
  }

  public String title() {
    return title;
  }

  /// What the caller can do about it.
  public String next() {
    return next;
  }

  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
