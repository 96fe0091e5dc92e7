package dev.payledger.ledger.saga;

import dev.payledger.ledger.journal.Leg;
import dev.payledger.ledger.journal.Money;
import dev.payledger.ledger.screening.FraudScreening;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What the saga has to know about its transfer.
///
/// @param money the sum of the legs
/// @param decision an operator's, in the place of fraud screening
/// @param isExpired whether its time was over when it was looked for
record SagaTransfer(
    UUID id,
    List<Leg> legs,
    Money money,
    boolean byOperator,
    boolean isVoidRequested,
    @Nullable ReviewDecision decision,
    boolean isExpired) {

  FraudScreening.Question question() {
    return new FraudScreening.Question(money.currency(), byOperator, legs);
  }
}
