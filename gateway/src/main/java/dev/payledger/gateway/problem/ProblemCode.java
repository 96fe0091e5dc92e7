package dev.payledger.gateway.problem;

import java.util.Locale;

/// The closed list of errors that the gateway itself says. `code()` is stable; the services behind
/// add their own codes, which pass through. A code that several services say means the same in each of
/// them (`docs/generated/errors.md`, held to the code by the system tests).
public enum ProblemCode {
  INVALID_REQUEST(400, false, "The request is not valid", "Change the request as `detail` says."),
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
  UNAUTHENTICATED(
      401,
      false,
      "No valid access token",
      "Get a new token, and send it as `Authorization: Bearer`."),
  FORBIDDEN(
      403,
      false,
      "Not allowed for this caller",
      "Use a token with the scope, or of the person, that `detail` names."),
  NOT_FOUND(
      404,
      false,
      "There is no such thing, or it is not yours",
      "Look at the id, and at whose token you sent."),
  METHOD_NOT_ALLOWED(
      405, false, "The method is not allowed here", "Use a method that `Allow` names."),
  REQUEST_TIMEOUT(
      408,
      true,
      "The request did not arrive in time",
      "Nothing was done. Send it again, under the same key."),
  REQUEST_IN_FLIGHT(
      409,
      true,
      "The same request is still being worked on",
      "Send it again under the same key, after `Retry-After`."),
  PAYLOAD_TOO_LARGE(413, false, "The body is too large", "Send less in one request."),
  UNSUPPORTED_MEDIA_TYPE(
      415,
      false,
      "The media type is not supported",
      "Send `application/json` in UTF-8, not compressed."),
  IDEMPOTENCY_KEY_REUSED(
      422,
      false,
      "The idempotency key belongs to another request",
      "Use a new key for a new request."),
  QUOTA_EXCEEDED(
      429,
      true,
      "Too many requests",
      "Nothing was done. Send it again after `Retry-After`, under the same key."),
  CONCURRENCY_EXCEEDED(
      429,
      true,
      "Too many requests of one caller at once",
      "Nothing was done. Wait for answers before you send more, then send it again after `Retry-After`, under the same key."),
  INTERNAL_ERROR(
      500,
      true,
      "The service failed",
      "Send the same request again, under the same key; report the trace id if it stays so."),
  TEMPORARY_REDUCED_CAPACITY(
      503,
      true,
      "There is more to do than can be done",
      "Nothing was done. Send it again after `Retry-After`, under the same key."),
  UNAVAILABLE(
      503,
      true,
      "A part that is needed is not available",
      "Send it again after `Retry-After`, under the same key."),
  OUTCOME_UNKNOWN(
      503,
      true,
      "The outcome is not known yet",
      "Send the same request under the same key: it is done at most once, and you get its one answer.");

  private final int status;
  private final boolean isRetryable;
  private final String title;
  private final String next;

  ProblemCode(int status, boolean isRetryable, String title, String next) {
    this.status = status;
    this.isRetryable = isRetryable;
    this.title = title;
    this.next = next;
  }

  public int status() {
    return status;
  }

  /// Whether the same request, under the same key, may succeed later.
  public boolean isRetryable() {
    return isRetryable;
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

  /// The code that fits an error status which the framework or the container decided on.
  static ProblemCode ofStatus(int status) {
    return switch (status) {
      case 401 -> UNAUTHENTICATED;
      case 403 -> FORBIDDEN;
      case 404 -> NOT_FOUND;
      case 405 -> METHOD_NOT_ALLOWED;
      case 408 -> REQUEST_TIMEOUT;
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
