package dev.payledger.ledger.saga;

import dev.payledger.ledger.screening.FraudScreening;
import java.time.Instant;
import java.util.UUID;

/// What the saga has to know about its transfer; fixed when the transfer was created.
record SagaTransfer(
    UUID id,
    UUID debitAccountId,
    UUID creditAccountId,
    long amountMinor,
    String currency,
    boolean byOperator,
    Instant expiresAt) {

  FraudScreening.Question question() {
    return new FraudScreening.Question(
        debitAccountId, creditAccountId, amountMinor, currency, byOperator);
  }
}
