package dev.payledger.ledger.saga;

import dev.payledger.ledger.journal.Journal.TransferAccounts;
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

  TransferAccounts accounts() {
    return new TransferAccounts(debitAccountId, creditAccountId);
  }

  FraudScreening.Question question() {
    return new FraudScreening.Question(
        debitAccountId, creditAccountId, amountMinor, currency, byOperator);
  }
}
