package dev.payledger.kit.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;

class EventRecordTest {
  private static final UUID ID = UUID.fromString("0197a000-0000-8000-8000-00000000000a");

  private enum Side {
    LEFT,
    RIGHT
  }

  @Test
  void readsEachTypeOfField() {
    EventFields fields =
        fields(
            """
            {"id":"0197A000-0000-8000-8000-00000000000a","number":-5,"flag":false,"text":"é",\
            "side":"LEFT","at":"2026-01-02T03:04:05.678901999Z","none":null,\
            "parts":[{"number":1},{"number":2}],"newer":{"more":[1]}}""");

    assertThat(fields.id("id")).isEqualTo(ID);
    assertThat(fields.number("number", -5, -5)).isEqualTo(-5);
    assertThat(fields.flag("flag")).isFalse();
    assertThat(fields.text("text")).isEqualTo("é");
    assertThat(fields.text("text", Pattern.compile("."))).isEqualTo("é");
    assertThat(fields.oneOf(Side.class, "side")).isEqualTo(Side.LEFT);
    assertThat(fields.instant("at")).isEqualTo("2026-01-02T03:04:05.678901Z");
    assertThat(fields.objects("parts", 2, 2))
        .extracting(part -> part.number("number", 1, 2))
        .containsExactly(1L, 2L);
    assertThat(fields.has("text")).isTrue();
    assertThat(fields.has("none")).isFalse();
    assertThat(fields.has("absent")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "10",
        "\"5\"",
        "5.0",
        "5e0",
        "true",
        "[5]",
        "{}",
        "null",
        "9223372036854775808"
      })
  void readsWholeNumbersInRangeOnly(String json) {
    assertUnreadable(json, fields -> fields.number("f", 1, 9));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"1-1-1-1-1\"",
        "\"\"",
        "7",
        "null",
        "\"0197a000000080008000000000000002\"",
        "\"aGk=\""
      })
  void readsUuidsOf36CharactersOnly(String json) {
    assertUnreadable(json, fields -> fields.id("f"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1767323045",
        "\"1767323045\"",
        "\"2026-01-02\"",
        "\"2026-01-02T03:04:05\"",
        "\"1969-12-31T23:59:59Z\"",
        "\"+10000-01-01T00:00:00Z\"",
        "null"
      })
  void readsInstantsWithZoneOnly(String json) {
    assertUnreadable(json, fields -> fields.instant("f"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"left\"", "\"BOTH\"", "0", "null", "\" LEFT\""})
  void readsEnumsByExactNameOnly(String json) {
    assertUnreadable(json, fields -> fields.oneOf(Side.class, "f"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"true\"", "1", "0", "null", "\"\""})
  void readsBooleansOnly(String json) {
    assertUnreadable(json, fields -> fields.flag("f"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"5", "true", "null", "[]", "\"a\\u0000b\""})
  void readsTextThatCanBeStoredOnly(String json) {
    assertUnreadable(json, fields -> fields.text("f"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"eur\"", "\"EURO\"", "\"EUR\\n\"", "978"})
  void readsTextOfItsPatternOnly(String json) {
    assertUnreadable(json, fields -> fields.text("f", Pattern.compile("[A-Z]{3}")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "[{}]", "[{},{},{},{}]", "[{},1]", "[{},null]", "{}", "null"})
  void readsArraysOfTwoToThreeObjectsOnly(String json) {
    assertUnreadable(json, fields -> fields.objects("f", 2, 3));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "42",
        "{",
        "{}{}",
        "\"text\"",
        "\u0000",
        "<xml/>",
        "{\"a\":1,\"a\":1}"
      })
  void rejectsValueThatIsNotOneObject(String value) {
    assertUnreadable(() -> fields(value));
  }

  @Test
  void boundsNesting() {
    assertUnreadable(() -> fields("{\"more\":" + "[".repeat(100_000)));
  }

  @Test
  void rejectsMissingOrMalformedBytes() {
    byte[] malformed = {(byte) 0xff};

    assertUnreadable(() -> record(null, null).value());
    assertUnreadable(() -> record(null, malformed).value());
    assertUnreadable(() -> record(null, null).requireKey(ID));
    assertUnreadable(() -> record(malformed, null).requireKey(ID));
    assertUnreadable(() -> record(bytes("other"), null).requireKey(ID));
    record(bytes(ID.toString().toUpperCase(java.util.Locale.ROOT)), null).requireKey(ID);
  }

  @Test
  void readsHeaderThatIsThereOnce() {
    EventRecord record = record(null, null);
    assertUnreadable(() -> record.header("id"));

    record.record().headers().add("id", bytes(ID.toString()));
    assertThat(record.header("id")).isEqualTo(ID.toString());
    assertThat(record.headerId("id")).isEqualTo(ID);

    record.record().headers().add("id", bytes(ID.toString()));
    assertUnreadable(() -> record.header("id"));
    record.record().headers().add("type", bytes("not-an-id"));
    assertUnreadable(() -> record.headerId("type"));
  }

  @Test
  void logsUnderTheTraceOfTheEvent() {
    EventRecord record = record(null, null);
    try (var _ = record.inLog()) {
      assertThat(MDC.get("traceId")).matches("[0-9a-f]{32}");
    }
    record
        .record()
        .headers()
        .add("traceparent", bytes("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"));
    try (var _ = record.inLog()) {
      assertThat(MDC.get("traceId")).isEqualTo("4bf92f3577b34da6a3ce929d0e0e4736");
    }
    assertThat(MDC.get("traceId")).isNull();
  }

  private static void assertUnreadable(String json, Function<EventFields, Object> read) {
    assertUnreadable(() -> read.apply(fields("{\"f\":" + json + "}")));
    assertUnreadable(() -> read.apply(fields("{}")));
  }

  private static void assertUnreadable(ThrowingCallable read) {
    assertThatThrownBy(read)
        .isInstanceOfSatisfying(
            UnreadableEventException.class, e -> assertThat(e.reason()).isNotBlank());
  }

  private static EventFields fields(String json) {
    return record(null, bytes(json)).value();
  }

  private static EventRecord record(byte[] key, byte[] value) {
    return new EventRecord(new ConsumerRecord<>("topic", 0, 0, key, value));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
