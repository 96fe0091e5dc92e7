package dev.payledger.ledger.request;

import java.util.Locale;

/// The stable codes of problems that are not rejections of a transfer (those have their own in
/// `RejectionReason`), with the one status each has.
public enum ProblemCode {
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
  TRANSFER_EXPIRED(
      422, false, "Transfer expired", "The funds are available again. Ask again under a new key."),
  TRANSFER_VOIDED(
      422, false, "Transfer voided", "The funds are available again. The answer is final."),
  NOT_HELD_FOR_REVIEW(
      422, false, "Not held for review", "Read the transfer: it does not wait for a decision."),
  NOT_PARKED(422, false, "Not parked", "Read the transfer: its saga goes on by itself."),
  ALREADY_DECIDED(422, false, "Already decided", "Read the transfer: the first decision stands."),
  AS_OF_NOT_SETTLED(
      422,
      true,
      "As of not settled",
      "Ask again when that time is half a minute ago, or leave `asOf` out."),
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
      "Send the same request under the same key: it is done at most once, and you get its one answer."),
  INTERNAL_ERROR(
      500,
      true,
      "The service failed",
      "Send the same request again, under the same key; report the trace id if it stays so.");

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
      case 406 -> NOT_ACCEPTABLE;
      case 415 -> UNSUPPORTED_MEDIA_TYPE;
      // Of HTTP that is not spoken here: the caller's to change.
      case 501, 505 -> INVALID_REQUEST;
      case 503 -> UNAVAILABLE;
      default -> status >= 400 && status < 500 ? INVALID_REQUEST : INTERNAL_ERROR;
    };
  }
}
