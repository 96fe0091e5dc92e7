package dev.payledger.kit.problem;

/// The errors that several services answer with.
public enum CommonErrorCode implements ErrorCode {
  INVALID_REQUEST(400, false, "The request is not valid", "Change the request as `detail` says."),
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
  NOT_ACCEPTABLE(406, false, "There is no such form of the answer", "Ask for `application/json`."),
  REQUEST_TIMEOUT(
      408,
      true,
      "The request did not arrive in time",
      "Nothing was done. Send it again, under the same key."),
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

  private final Meaning meaning;

  CommonErrorCode(int status, boolean isRetryable, String title, String next) {
    this.meaning = new Meaning(status, isRetryable, title, next);
  }

  @Override
  public Meaning meaning() {
    return meaning;
  }

  /// The code that fits an error status which the framework or the container decided on.
  static CommonErrorCode ofStatus(int status) {
    return switch (status) {
      case 401 -> UNAUTHENTICATED;
      case 403 -> FORBIDDEN;
      case 404 -> NOT_FOUND;
      case 405 -> METHOD_NOT_ALLOWED;
      case 406 -> NOT_ACCEPTABLE;
      case 408 -> REQUEST_TIMEOUT;
      case 413 -> PAYLOAD_TOO_LARGE;
      case 415 -> UNSUPPORTED_MEDIA_TYPE;
      // HTTP that the container does not support: the caller has to change the request.
      case 501, 505 -> INVALID_REQUEST;
      case 503 -> UNAVAILABLE;
      default -> status >= 400 && status < 500 ? INVALID_REQUEST : INTERNAL_ERROR;
    };
  }
}
