package dev.payledger.kit.consumer;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/// Keeps the records that could not be applied, with all their bytes, where they came from and why, so
/// that an operator can look at them and correct them.
public final class DeadLetters {
  private static final Logger log = LoggerFactory.getLogger(DeadLetters.class);
  private static final int DETAIL_CHARACTERS_MAX = 500;
  private static final JsonMapper JSON = JsonMapper.shared();

  private final DeadLetterStore store;
  private final Clock clock;
  private final MeterRegistry meters;
  private final String counter;

  /// @param counter name of the counter of kept records; its tag is `reason`
  public DeadLetters(DeadLetterStore store, Clock clock, MeterRegistry meters, String counter) {
    this.store = store;
    this.clock = clock;
    this.meters = meters;
    this.counter = counter;
  }

  /// Keeps a record once, however often it is delivered.
  public void keep(ConsumerRecord<byte[], byte[]> record, DeadLetterReason reason, String detail) {
    DeadLetter letter =
        new DeadLetter(
            record.topic(),
            record.partition(),
            record.offset(),
            Instant.ofEpochMilli(record.timestamp()).atOffset(ZoneOffset.UTC),
            record.key(),
            record.value(),
            headers(record),
            reason.name(),
            oneLine(detail),
            OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC));
    if (store.add(letter)) {
      // Before the commit: a transaction that rolls back counts the record twice. The counter is
      // for
      // alerts; the table has the exact number.
      log.error(
          "Dead letter ({}) from {}-{}@{}: {}",
          reason,
          letter.topic(),
          letter.partition(),
          letter.offset(),
          letter.detail());
      meters.counter(counter, "reason", reason.name()).increment();
    }
  }

  private static String headers(ConsumerRecord<byte[], byte[]> record) {
    Map<String, List<String>> headers = new LinkedHashMap<>();
    for (Header header : record.headers()) {
      byte[] value = header.value();
      headers
          .computeIfAbsent(header.key(), name -> new ArrayList<>())
          .add(value == null ? "" : Base64.getEncoder().encodeToString(value));
    }
    return JSON.writeValueAsString(headers);
  }

  /// The detail may quote the record: no control character of it reaches the log or the database.
  private static String oneLine(String detail) {
    String line = detail.replaceAll("\\p{Cntrl}", " ");
    return line.length() <= DETAIL_CHARACTERS_MAX ? line : line.substring(0, DETAIL_CHARACTERS_MAX);
  }
}
