package dev.payledger.fraud.intake;

import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/// The records that could not be applied, with all their bytes, where they came from and why, so that
/// an operator can look and put them right. A table and not a topic: keeping one then needs nothing
/// that the transaction does not have already.
@Component
class DeadLetters {
  /// Why a record is here.
  enum Reason {
    /// It breaks its topic's contract.
    UNREADABLE,
    /// It keeps its contract and still could not be applied.
    FAILED
  }

  private static final Logger LOG = LoggerFactory.getLogger(DeadLetters.class);
  private static final int DETAIL_CHARACTERS_MAX = 500;
  private static final JsonMapper JSON = JsonMapper.shared();

  private final JdbcClient jdbc;
  private final Clock clock;
  private final MeterRegistry meters;

  DeadLetters(JdbcClient jdbc, Clock clock, MeterRegistry meters) {
    this.jdbc = jdbc;
    this.clock = clock;
    this.meters = meters;
  }

  /// Keeps a record once, however often it is delivered. The record's time is part of its identity,
  /// because a topic that was created anew counts its offsets from 0 again.
  void keep(ConsumerRecord<byte[], byte[]> record, Reason reason, String detail) {
    int kept =
        jdbc.sql(
                """
                INSERT INTO dead_letter (topic, partition, record_offset, recorded_at, record_key,
                                         record_value, headers, reason, detail, kept_at)
                VALUES (:topic, :partition, :offset, :recordedAt, :key,
                        :value, :headers, :reason, :detail, :keptAt)
                ON CONFLICT (topic, partition, record_offset, recorded_at) DO NOTHING
                """)
            .param("topic", record.topic())
            .param("partition", record.partition())
            .param("offset", record.offset())
            .param("recordedAt", Timestamp.from(Instant.ofEpochMilli(record.timestamp())))
            .param("key", record.key())
            .param("value", record.value())
            .param("headers", headers(record))
            .param("reason", reason.name())
            .param("detail", oneLine(detail))
            .param("keptAt", Timestamp.from(clock.instant()))
            .update();
    if (kept == 1) {
      // Before the commit, so a rolled back one is counted twice: this is an alarm, the table
      // counts.
      LOG.error(
          "Dead letter ({}) from {}-{}@{}: {}",
          reason,
          record.topic(),
          record.partition(),
          record.offset(),
          oneLine(detail));
      meters.counter("fraud.dead.letter", "reason", reason.name()).increment();
    }
  }

  /// A JSON object of names and base64 values. As text: JSON escapes what PostgreSQL text and jsonb
  /// cannot hold.
  private static String headers(ConsumerRecord<byte[], byte[]> record) {
    Map<String, List<String>> headers = new LinkedHashMap<>();
    StreamSupport.stream(record.headers().spliterator(), false)
        .forEach(
            header ->
                headers.merge(
                    header.key(),
                    List.of(
                        header.value() == null
                            ? ""
                            : Base64.getEncoder().encodeToString(header.value())),
                    (before, more) -> Stream.concat(before.stream(), more.stream()).toList()));
    return JSON.writeValueAsString(headers);
  }

  /// The detail may quote the record: no control character of it reaches the log or the database.
  private static String oneLine(String detail) {
    String line = detail.replaceAll("\\p{Cntrl}", " ");
    return line.length() <= DETAIL_CHARACTERS_MAX ? line : line.substring(0, DETAIL_CHARACTERS_MAX);
  }
}
