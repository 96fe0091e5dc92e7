package dev.payledger.ledger.request;

import org.springframework.http.HttpStatus;

/// The stable codes of problems that are not rejections of a transfer (those have their own in
/// `RejectionReason`), with the one status each has.
public enum ProblemCode {
  INVALID_REQUEST(HttpStatus.BAD_REQUEST, false),
  UNAUTHENTICATED(HttpStatus.UNAUTHORIZED, false),
  FORBIDDEN(HttpStatus.FORBIDDEN, false),
  NOT_FOUND(HttpStatus.NOT_FOUND, false),
  METHOD_NOT_ALLOWED(HttpStatus.METHOD_NOT_ALLOWED, false),
  NOT_ACCEPTABLE(HttpStatus.NOT_ACCEPTABLE, false),
  UNSUPPORTED_MEDIA_TYPE(HttpStatus.UNSUPPORTED_MEDIA_TYPE, false),
  IDEMPOTENCY_KEY_REUSED(HttpStatus.UNPROCESSABLE_CONTENT, false),
  TRANSFER_EXPIRED(HttpStatus.UNPROCESSABLE_CONTENT, false),
  TRANSFER_VOIDED(HttpStatus.UNPROCESSABLE_CONTENT, false),
  ACCOUNT_NOT_EMPTY(HttpStatus.UNPROCESSABLE_CONTENT, false),
  OVERDRAFT_IN_USE(HttpStatus.UNPROCESSABLE_CONTENT, false),
  ACCOUNT_CLOSED(HttpStatus.UNPROCESSABLE_CONTENT, false),
  NOT_HELD_FOR_REVIEW(HttpStatus.UNPROCESSABLE_CONTENT, false),
  ALREADY_DECIDED(HttpStatus.UNPROCESSABLE_CONTENT, false),
  AS_OF_NOT_SETTLED(HttpStatus.UNPROCESSABLE_CONTENT, true),
  TEMPORARY_REDUCED_CAPACITY(HttpStatus.SERVICE_UNAVAILABLE, true),
  UNAVAILABLE(HttpStatus.SERVICE_UNAVAILABLE, true),
  OUTCOME_UNKNOWN(HttpStatus.SERVICE_UNAVAILABLE, true),
  INTERNAL_ERROR(HttpStatus.INTERNAL_SERVER_ERROR, false);

  private final HttpStatus status;
  private final boolean retryable;

  ProblemCode(HttpStatus status, boolean retryable) {
    this.status = status;
    this.retryable = retryable;
  }

  public HttpStatus status() {
    return status;
  }

  /// Whether the same request, under the same key, may succeed later.
  public boolean retryable() {
    return retryable;
  }

  public String code() {
    return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
  }
}
