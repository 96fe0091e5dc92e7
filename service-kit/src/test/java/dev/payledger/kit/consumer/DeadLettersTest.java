package dev.payledger.kit.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.testkit.SettableClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class DeadLettersTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final List<DeadLetter> table = new ArrayList<>();
  private boolean isStored = true;
  private final DeadLetters letters =
      new DeadLetters(
          letter -> table.add(letter) && isStored,
          new SettableClock(NOW),
          meters,
          "kit.dead.letter");

  @Test
  void keepsEveryByteAndWhereItCameFrom() {
    RecordHeaders headers = new RecordHeaders();
    headers.add("a", new byte[] {0, (byte) 0xff});
    headers.add("b", null);
    headers.add("a", "x".getBytes(StandardCharsets.UTF_8));
    byte[] value = {(byte) 0xff, 0, (byte) 0xfe};

    letters.keep(record(value, headers), DeadLetterReason.CONFLICT, "why");

    DeadLetter letter = table.getFirst();
    assertThat(letter.topic()).isEqualTo("topic");
    assertThat(letter.partition()).isEqualTo(3);
    assertThat(letter.offset()).isEqualTo(42);
    assertThat(letter.recordedAt().toInstant()).isEqualTo(Instant.ofEpochMilli(1_000));
    assertThat(letter.key()).isNull();
    assertThat(letter.value()).isEqualTo(value);
    assertThat(letter.headers()).isEqualTo("{\"a\":[\"AP8=\",\"eA==\"],\"b\":[\"\"]}");
    assertThat(letter.reason()).isEqualTo("CONFLICT");
    assertThat(letter.keptAt().toInstant()).isEqualTo(NOW);
  }

  @Test
  void detailIsOneLineOfBoundedLength() {
    letters.keep(
        record(null, new RecordHeaders()),
        DeadLetterReason.FAILED,
        "a\nb\u0000" + "c".repeat(1_000));

    assertThat(table.getFirst().detail()).hasSize(500).startsWith("a b ccc");
  }

  @Test
  void countsStoredLettersByReason() {
    letters.keep(record(null, new RecordHeaders()), DeadLetterReason.FAILED, "why");
    isStored = false;
    letters.keep(record(null, new RecordHeaders()), DeadLetterReason.FAILED, "why");

    assertThat(meters.counter("kit.dead.letter", "reason", "FAILED").count()).isEqualTo(1);
  }

  private static ConsumerRecord<byte[], byte[]> record(byte[] value, RecordHeaders headers) {
    return new ConsumerRecord<>(
        "topic",
        3,
        42,
        1_000,
        TimestampType.CREATE_TIME,
        0,
        0,
        null,
        value,
        headers,
        Optional.empty());
  }
}
