package dev.payledger.ledger.plan;

import dev.payledger.contracts.TransferEvent.Screening;
import dev.payledger.ledger.command.SagaStep;
import dev.payledger.ledger.money.Leg;
import dev.payledger.ledger.money.Money;
import dev.payledger.ledger.plan.TransferState.Reversals;
import dev.payledger.ledger.plan.TransferState.Saga;
import dev.payledger.ledger.plan.TransferState.Status;
import dev.payledger.ledger.plan.TransferState.Terms;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/// Transfers as a batch would have found them.
final class TransferStates {
  static final Instant EXPIRES_AT = Instant.parse("2026-11-23T10:15:00Z");

  private TransferStates() {}

  /// Its funds are held and it is to be screened.
  ///
  /// @param captureWithin null when it is captured at once
  static TransferState pending(UUID id, List<Leg> legs, Duration captureWithin, long epoch) {
    return new TransferState(
        new Terms(
            id,
            legs,
            new Money(legs.stream().mapToLong(Leg::amountMinor).sum(), "EUR"),
            captureWithin,
            null,
            List.of(),
            null),
        Status.PENDING,
        1,
        Screening.PENDING,
        null,
        0,
        0,
        false,
        Reversals.none(legs.size()),
        true,
        new Saga(SagaStep.SCREEN, epoch, null, null),
        EXPIRES_AT,
        null,
        null);
  }

  /// One leg, to be captured by request.
  static TransferState toCapture(long amountMinor) {
    return pending(UUID.randomUUID(), legs(1, amountMinor), Duration.ofHours(1), 1);
  }

  /// At its end, with so much of it posted.
  static TransferState ended(UUID reverses, int legs, long capturedMinor, Reversals reversals) {
    return new TransferState(
        new Terms(
            UUID.randomUUID(),
            legs(legs, 100),
            new Money(100, "EUR"),
            null,
            reverses,
            reverses == null ? List.of() : List.of(1),
            null),
        capturedMinor == 0 ? Status.EXPIRED : Status.POSTED,
        2,
        Screening.APPROVED,
        null,
        capturedMinor,
        0,
        false,
        reversals,
        false,
        new Saga(SagaStep.DONE, 1, null, null),
        EXPIRES_AT,
        null,
        EXPIRES_AT);
  }

  private static List<Leg> legs(int count, long amountMinor) {
    return Stream.generate(() -> new Leg(UUID.randomUUID(), UUID.randomUUID(), amountMinor / count))
        .limit(count)
        .toList();
  }
}
