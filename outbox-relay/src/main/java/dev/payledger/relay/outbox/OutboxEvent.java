package dev.payledger.relay.outbox;

import dev.payledger.contracts.EventHeaders;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/// One outbox row on its way out.
///
/// @param position of the row; where the lag is counted from
/// @param payload JSON text, published as it is
record OutboxEvent(
    long position,
    String topic,
    String key,
    String id,
    String type,
    int version,
    @Nullable String traceparent,
    String payload) {

  /// The topic of an aggregate type. The router in `TailSettings` applies the same rule.
  static String topic(String aggregateType) {
    return "ledger." + aggregateType + ".v1";
  }

  /// Reads what the event router made of a row.
  static OutboxEvent of(SourceRecord routed) {
    return new OutboxEvent(
        ((Number) required(routed, TailSettings.POSITION_HEADER)).longValue(),
        routed.topic(),
        (String) Objects.requireNonNull(routed.key(), "aggregate_id"),
        (String) required(routed, EventHeaders.ID),
        (String) required(routed, EventHeaders.TYPE),
        ((Number) required(routed, EventHeaders.VERSION)).intValue(),
        (String) optional(routed, EventHeaders.TRACEPARENT),
        (String) Objects.requireNonNull(routed.value(), "payload"));
  }

  /// The record consumers see: the headers of the contract and none of the engine's.
  ProducerRecord<String, String> toRecord() {
    ProducerRecord<String, String> record = new ProducerRecord<>(topic, key, payload);
    header(record, EventHeaders.ID, id);
    header(record, EventHeaders.TYPE, type);
    header(record, EventHeaders.VERSION, Integer.toString(version));
    if (traceparent != null) {
      header(record, EventHeaders.TRACEPARENT, traceparent);
    }
    return record;
  }

  private static void header(ProducerRecord<String, String> record, String name, String value) {
    record.headers().add(name, value.getBytes(StandardCharsets.UTF_8));
  }

  private static Object required(SourceRecord routed, String name) {
    return Objects.requireNonNull(optional(routed, name), name);
  }

  private static @Nullable Object optional(SourceRecord routed, String name) {
    Header header = routed.headers().lastWithName(name);
    return header == null ? null : header.value();
  }
}
