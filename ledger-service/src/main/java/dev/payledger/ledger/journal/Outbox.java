package dev.payledger.ledger.journal;

import dev.payledger.ledger.command.DerivedId;
import dev.payledger.ledger.plan.OutboxEvent;
import java.util.List;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/// Appends events in the transaction of their facts: an event exists if and only if its fact was
/// committed. There is no way to append without an open journal transaction.
@Component
class Outbox {
  private static final int VERSION = 1;

  /// In the order of the arrays: positions follow the order in which the batch was decided.
  static final String APPEND =
      """
      INSERT INTO outbox (id, aggregate_type, aggregate_id, aggregate_seq, type, version, payload,
        traceparent, created_at)
      SELECT id, aggregate_type, aggregate_id, aggregate_seq, type, :version, CAST(payload AS jsonb),
        traceparent, created_at
      FROM unnest(:ids, :aggregateTypes, :aggregateIds, :aggregateSeqs, :types, :payloads,
          :traceparents, :createdAts)
        AS e (id, aggregate_type, aggregate_id, aggregate_seq, type, payload, traceparent, created_at)
      """;

  private final JsonMapper json;

  Outbox(JsonMapper json) {
    this.json = json;
  }

  void append(StatementPipeline pipeline, List<OutboxEvent> events) {
    if (events.isEmpty()) {
      return;
    }
    ArrayParameters<OutboxEvent> of = new ArrayParameters<>(events);
    pipeline
        .add(APPEND, events.size())
        .param(
            "ids",
            of.uuids(e -> DerivedId.of(e.aggregateId(), e.aggregateType(), e.aggregateSeq())))
        .param("aggregateTypes", of.texts(OutboxEvent::aggregateType))
        .param("aggregateIds", of.uuids(OutboxEvent::aggregateId))
        .param("aggregateSeqs", of.longs(OutboxEvent::aggregateSeq))
        .param("types", of.texts(OutboxEvent::type))
        .param("version", VERSION)
        .param("payloads", of.texts(e -> json.writeValueAsString(e.payload())))
        .param("traceparents", of.texts(OutboxEvent::traceparent))
        .param("createdAts", of.instants(OutboxEvent::createdAt));
  }
}
