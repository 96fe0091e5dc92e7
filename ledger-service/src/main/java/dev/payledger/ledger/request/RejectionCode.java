package dev.payledger.ledger.request;

import dev.payledger.kit.problem.ErrorCode;
import dev.payledger.ledger.money.RejectionReason;
import org.springframework.http.HttpStatus;

/// A rejection as an error: 422 for all of them, and final for its idempotency key.
record RejectionCode(RejectionReason reason) implements ErrorCode {
  @Override
  public String name() {
    return reason.name();
  }

  @Override
  public String code() {
    return reason.code();
  }

  @Override
  public Meaning meaning() {
    return new Meaning(
        HttpStatus.UNPROCESSABLE_CONTENT.value(), false, reason.title(), reason.next());
  }
}
