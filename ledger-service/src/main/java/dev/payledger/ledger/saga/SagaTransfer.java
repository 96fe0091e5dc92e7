package dev.payledger.ledger.saga;

import dev.payledger.ledger.journal.Leg;
import dev.payledger.ledger.journal.Money;
import dev.payledger.ledger.screening.FraudScreening;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What the saga has to know about its transfer.
///
/// @param money the sum of the legs
/// @param decision an operator's, in the place of fraud screening
record SagaTransfer(
    UUID id,
    List<Leg> legs,
    Money money,
    boolean byOperator,
    boolean isVoidRequested,
    @Nullable ReviewDecision decision,
    Instant expiresAt) {

  FraudScreening.Question question() {
    return new FraudScreening.Question(money.currency(), byOperator, legs);
  }
}
