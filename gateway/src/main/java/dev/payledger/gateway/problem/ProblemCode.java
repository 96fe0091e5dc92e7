package dev.payledger.gateway.problem;

import java.util.Locale;

/// The closed list of errors that the gateway itself says. `code()` is stable; the services behind
/// add their own codes, which pass through.
///
/// `isRetryable` means: the same request, unchanged, may succeed later.
public enum ProblemCode {
  INVALID_REQUEST(400, false, "The request is not valid"),
  IDEMPOTENCY_KEY_MISSING(400, false, "The Idempotency-Key header is missing"),
  IDEMPOTENCY_KEY_MALFORMED(400, false, "The Idempotency-Key header is malformed"),
  COST_ABOVE_BURST(400, false, "The request costs more than the budget ever holds"),
  UNAUTHENTICATED(401, false, "No valid access token"),
  FORBIDDEN(403, false, "The access token lacks the scope"),
  NOT_FOUND(404, false, "There is no such thing, or it is not yours"),
  METHOD_NOT_ALLOWED(405, false, "The method is not allowed here"),
  REQUEST_IN_FLIGHT(409, true, "The same request is still being worked on"),
  PAYLOAD_TOO_LARGE(413, false, "The body is too large"),
  UNSUPPORTED_MEDIA_TYPE(415, false, "The media type is not supported"),
  IDEMPOTENCY_KEY_REUSED(422, false, "The idempotency key belongs to another request"),
  QUOTA_EXCEEDED(429, true, "Too many requests"),
  INTERNAL_ERROR(500, true, "The gateway failed"),
  TEMPORARY_REDUCED_CAPACITY(503, true, "There is more to do than can be done"),
  UNAVAILABLE(503, true, "A part that is needed is not available"),
  OUTCOME_UNKNOWN(503, true, "The outcome is not known yet");

  private final int status;
  private final boolean isRetryable;
  private final String title;

  ProblemCode(int status, boolean isRetryable, String title) {
    this.status = status;
    this.isRetryable = isRetryable;
    this.title = title;
  }

  public int status() {
    return status;
  }

  public boolean isRetryable() {
    return isRetryable;
  }

  public String title() {
    return title;
  }

  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// The code that fits an error status which the framework or the container decided on.
  static ProblemCode ofStatus(int status) {
    return switch (status) {
      case 401 -> UNAUTHENTICATED;
      case 403 -> FORBIDDEN;
      case 404 -> NOT_FOUND;
      case 405 -> METHOD_NOT_ALLOWED;
      case 413 -> PAYLOAD_TOO_LARGE;
      case 415 -> UNSUPPORTED_MEDIA_TYPE;
      case 429 -> QUOTA_EXCEEDED;
      // Of HTTP that is not spoken here: the caller's to change.
      case 501, 505 -> INVALID_REQUEST;
      case 503 -> UNAVAILABLE;
      default -> status >= 400 && status < 500 ? INVALID_REQUEST : INTERNAL_ERROR;
    };
  }
}
