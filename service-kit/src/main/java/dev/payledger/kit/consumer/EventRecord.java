package dev.payledger.kit.consumer;

import dev.payledger.kit.trace.Traceparent;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/// The key, the headers and the value of a record, each in exact UTF-8. Each method throws
/// `UnreadableEventException` for what is missing or malformed.
public record EventRecord(ConsumerRecord<byte[], byte[]> record) {
  public String topic() {
    return record.topic();
  }

  /// The value, which must be one JSON object.
  public EventFields value() {
    return EventFields.parse(text("value", record.value()));
  }

  /// The value of a header that must be there exactly once.
  public String header(String name) {
    Iterator<Header> headers = record.headers().headers(name).iterator();
    String what = "header " + name;
    UnreadableEventException.unless(headers.hasNext(), what + ": none");
    String value = text(what, headers.next().value());
    UnreadableEventException.unless(!headers.hasNext(), what + ": more than one");
    return value;
  }

  /// The id in a header.
  public UUID headerId(String name) {
    return EventFields.uuid("header " + name, header(name));
  }

  /// Puts the trace id of the event into the log context until it is closed; a new one when the event
  /// has none.
  public MDC.MDCCloseable inLog() {
    Header header = record.headers().lastHeader(Traceparent.HEADER);
    return Traceparent.of(
            header == null || header.value() == null
                ? null
                : new String(header.value(), StandardCharsets.UTF_8))
        .inLog();
  }

  /// Kafka keeps order per key only, so an event under another key is out of order.
  public void requireKey(UUID id) {
    UnreadableEventException.unless(
        text("key", record.key()).equalsIgnoreCase(id.toString()), "key: not the id " + id);
  }

  private static String text(String what, byte @Nullable [] bytes) {
    if (bytes == null) {
      throw new UnreadableEventException(what + ": none");
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new UnreadableEventException(what + ": not UTF-8", e);
    }
  }
}
