package dev.payledger.ledger.journal;

import dev.payledger.contracts.AccountEntryEvent;
import dev.payledger.contracts.AccountEvent;
import dev.payledger.contracts.TransferEvent;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/// Turns facts into events, in the transaction of the fact: an event exists if and only if its fact
/// was committed. There is no way to append without an open journal transaction.
@Component
class Outbox {
  private static final int VERSION = 1;
  private static final String APPEND =
      """
      INSERT INTO outbox (id, aggregate_type, aggregate_id, aggregate_seq, type, version, payload,
        traceparent, created_at)
      VALUES (:id, :aggregateType, :aggregateId, :aggregateSeq, :type, :version,
        CAST(:payload AS jsonb), :traceparent, :createdAt)
      """;

  private final JsonMapper json;

  Outbox(JsonMapper json) {
    this.json = json;
  }

  void accountOpened(JournalTransaction tx, AccountEvent event) {
    append(tx, "account", event.accountId(), 0, "AccountOpened", event, null, event.occurredAt());
  }

  void accountEntry(JournalTransaction tx, AccountEntryEvent event, @Nullable String traceparent) {
    String type =
        event.side() == AccountEntryEvent.Side.DEBIT ? "AccountDebited" : "AccountCredited";
    append(
        tx,
        "account-entry",
        event.accountId(),
        event.sequence(),
        type,
        event,
        traceparent,
        event.postedAt());
  }

  void transfer(JournalTransaction tx, TransferEvent event, @Nullable String traceparent) {
    String type =
        switch (event.status()) {
          case PENDING -> "TransferHeld";
          case POSTED -> "TransferPosted";
          case REJECTED -> "TransferRejected";
          case EXPIRED -> "TransferExpired";
        };
    append(
        tx,
        "transfer",
        event.transferId(),
        event.sequence(),
        type,
        event,
        traceparent,
        event.occurredAt());
  }

  private void append(
      JournalTransaction tx,
      String aggregateType,
      UUID aggregateId,
      long aggregateSeq,
      String type,
      Object payload,
      @Nullable String traceparent,
      Instant createdAt) {
    tx.sql()
        .sql(APPEND)
        .param("id", DerivedId.of(aggregateId, aggregateType, aggregateSeq))
        .param("aggregateType", aggregateType)
        .param("aggregateId", aggregateId)
        .param("aggregateSeq", aggregateSeq)
        .param("type", type)
        .param("version", VERSION)
        .param("payload", json.writeValueAsString(payload))
        .param("traceparent", traceparent)
        .param("createdAt", createdAt.atOffset(ZoneOffset.UTC))
        .update();
  }
}
