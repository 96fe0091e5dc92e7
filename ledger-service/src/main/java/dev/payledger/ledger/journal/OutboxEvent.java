package dev.payledger.ledger.journal;

import dev.payledger.contracts.AccountEntryEvent;
import dev.payledger.contracts.AccountEvent;
import dev.payledger.contracts.TransferEvent;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A fact as it will be told: which aggregate it is about, and its place in that one's order.
record OutboxEvent(
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

  static OutboxEvent of(TransferEvent event, @Nullable String traceparent) {
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
}
