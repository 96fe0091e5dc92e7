package dev.payledger.ledger.saga;

import dev.payledger.ledger.money.Leg;
import dev.payledger.ledger.money.Money;
import dev.payledger.ledger.screening.FraudScreening;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What the saga has to know about its transfer.
///
/// @param initiator who asked for it
/// @param money the sum of the legs
/// @param decision an operator's, in the place of fraud screening
/// @param isExpired whether its time was over when it was looked for
record SagaTransfer(
    UUID id,
    String initiator,
    List<Leg> legs,
    Money money,
    boolean byOperator,
    boolean isVoidRequested,
    @Nullable ReviewDecision decision,
    boolean isExpired) {

  /// Everybody on either side of a leg.
  Set<UUID> accounts() {
    return legs.stream()
        .flatMap(leg -> Stream.of(leg.debitAccountId(), leg.creditAccountId()))
        .collect(Collectors.toSet());
  }

  FraudScreening.Question question() {
    return new FraudScreening.Question(money.currency(), byOperator, legs);
  }
}
