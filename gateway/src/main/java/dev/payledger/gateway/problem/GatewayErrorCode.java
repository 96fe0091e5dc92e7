package dev.payledger.gateway.problem;

import dev.payledger.kit.problem.ErrorCode;

/// The errors of the gateway itself besides the common ones. The services behind add their own codes,
/// which pass through (`docs/generated/errors.md`, held to the code by the system tests).
public enum GatewayErrorCode implements ErrorCode {
  IDEMPOTENCY_KEY_MISSING(
      400,
      false,
      "The Idempotency-Key header is missing",
      "Send one: a new key for each thing that you want done, the same one when you try again."),
  IDEMPOTENCY_KEY_MALFORMED(
      400,
      false,
      "The Idempotency-Key header is malformed",
      "Send the header once, as a quoted string of 1 to 255 printable ASCII characters."),
  COST_ABOVE_BURST(
      400, false, "The request costs more than the budget ever holds", "Ask for less in one call."),
  REQUEST_IN_FLIGHT(
      409,
      true,
      "The same request is still being worked on",
      "Send it again under the same key, after `Retry-After`."),
  QUOTA_EXCEEDED(
      429,
      true,
      "Too many requests",
      "Nothing was done. Send it again after `Retry-After`, under the same key."),
  CONCURRENCY_EXCEEDED(
      429,
      true,
      "Too many requests of one caller at once",
      "Nothing was done. Wait for answers before you send more, then send it again after `Retry-After`, under the same key.");

  private final Meaning meaning;

  GatewayErrorCode(int status, boolean isRetryable, String title, String next) {
    this.meaning = new Meaning(status, isRetryable, title, next);
  }

  @Override
  public Meaning meaning() {
    return meaning;
  }
}
