package dev.payledger.ledger.plan;

import dev.payledger.contracts.AccountChangedEvent;
import dev.payledger.contracts.AccountEntryEvent;
import dev.payledger.contracts.AccountEvent;
import dev.payledger.contracts.TransferEvent;
import dev.payledger.ledger.command.AccountChange;
import dev.payledger.ledger.command.JournalCommand.HoldFunds;
import dev.payledger.ledger.money.Leg;
import dev.payledger.ledger.money.Money;
import dev.payledger.ledger.money.RejectionReason;
import dev.payledger.ledger.plan.PlannedWrites.NewAccountChange;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A fact as it will be told: which aggregate it is about, and its place in that one's order.
public record OutboxEvent(
    String aggregateType,
    UUID aggregateId,
    long aggregateSeq,
    String type,
    Object payload,
    @Nullable String traceparent,
    Instant createdAt) {

  static OutboxEvent of(AccountEvent event) {
    return new OutboxEvent(
        "account", event.accountId(), 0, "AccountOpened", event, null, event.occurredAt());
  }

  /// What became of an account; who and why is its trail's, and told to nobody else.
  static OutboxEvent of(NewAccountChange change) {
    AccountTerms terms = change.after();
    AccountChangedEvent event =
        new AccountChangedEvent(
            change.command().accountId(),
            terms.changeCount(),
            AccountChangedEvent.Status.valueOf(terms.status().name()),
            AccountChangedEvent.Sides.valueOf(terms.frozenByOwner().name()),
            AccountChangedEvent.Sides.valueOf(terms.frozenByOperator().name()),
            terms.floorMinor(),
            change.changedAt());
    String type =
        switch (change.command().change()) {
          case AccountChange.Freeze _ -> "AccountFrozen";
          case AccountChange.Unfreeze _ -> "AccountUnfrozen";
          case AccountChange.Close _ -> "AccountClosed";
          case AccountChange.Reopen _ -> "AccountReopened";
          case AccountChange.Overdraft _ -> "AccountOverdraftSet";
        };
    return new OutboxEvent(
        "account",
        event.accountId(),
        event.sequence(),
        type,
        event,
        change.command().traceparent(),
        event.occurredAt());
  }

  static OutboxEvent of(AccountEntryEvent event, @Nullable String traceparent) {
    String type =
        event.side() == AccountEntryEvent.Side.DEBIT ? "AccountDebited" : "AccountCredited";
    return new OutboxEvent(
        "account-entry",
        event.accountId(),
        event.sequence(),
        type,
        event,
        traceparent,
        event.postedAt());
  }

  /// A new transfer: its funds are held, or it was rejected.
  static OutboxEvent of(HoldFunds command, @Nullable RejectionReason rejection, Instant at) {
    return of(
        event(
            command.id(),
            1,
            rejection == null ? TransferEvent.Status.PENDING : TransferEvent.Status.REJECTED,
            command.legs(),
            command.money(),
            0,
            TransferEvent.Screening.PENDING,
            rejection == null ? null : rejection.code(),
            command.reverses(),
            at),
        command.traceparent());
  }

  /// What became of a transfer.
  static OutboxEvent of(TransferState transfer, Instant at) {
    return of(
        event(
            transfer.id(),
            transfer.eventCount(),
            TransferEvent.Status.valueOf(transfer.status().name()),
            transfer.terms().legs(),
            transfer.terms().money(),
            transfer.capturedMinor(),
            transfer.screening(),
            transfer.rejection(),
            transfer.terms().reverses(),
            at),
        transfer.terms().traceparent());
  }

  private static OutboxEvent of(TransferEvent event, @Nullable String traceparent) {
    String type =
        switch (event.status()) {
          case PENDING -> "TransferHeld";
          case HELD -> event.capturedMinor() == 0 ? "TransferAuthorized" : "TransferCaptured";
          case POSTED -> "TransferPosted";
          case REJECTED -> "TransferRejected";
          case VOIDED -> "TransferVoided";
          case EXPIRED -> "TransferExpired";
        };
    return new OutboxEvent(
        "transfer",
        event.transferId(),
        event.sequence(),
        type,
        event,
        traceparent,
        event.occurredAt());
  }

  private static TransferEvent event(
      UUID id,
      long sequence,
      TransferEvent.Status status,
      List<Leg> legs,
      Money money,
      long capturedMinor,
      TransferEvent.Screening screening,
      @Nullable String rejection,
      @Nullable UUID reverses,
      Instant at) {
    Leg first = legs.getFirst();
    return new TransferEvent(
        id,
        sequence,
        status,
        first.debitAccountId(),
        first.creditAccountId(),
        money.amountMinor(),
        capturedMinor,
        money.currency(),
        legs.size() == 1 ? null : legs.stream().map(OutboxEvent::told).toList(),
        screening,
        rejection,
        reverses,
        at);
  }

  private static TransferEvent.Leg told(Leg leg) {
    return new TransferEvent.Leg(leg.debitAccountId(), leg.creditAccountId(), leg.amountMinor());
  }
}
