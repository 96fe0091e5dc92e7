package dev.payledger.fraud.intake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.contracts.Topics;
import dev.payledger.kit.consumer.EventRecord;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class EventReaderTest {
  private static final String KEY = "0197a000-0000-8000-8000-000000000002";
  private static final String GOOD =
      """
      {"transferId":"0197a000-0000-8000-8000-000000000002","sequence":2,"status":"POSTED",\
      "debitAccountId":"a11ce000-0000-7000-8000-000000000978",\
      "creditAccountId":"b0b00000-0000-7000-8000-000000000978","amountMinor":1000,\
      "capturedMinor":1000,"currency":"EUR","legs":[\
      {"debitAccountId":"a11ce000-0000-7000-8000-000000000978",\
      "creditAccountId":"b0b00000-0000-7000-8000-000000000978","amountMinor":900},\
      {"debitAccountId":"a11ce000-0000-7000-8000-000000000978",\
      "creditAccountId":"fee00000-0000-7000-8000-000000000978","amountMinor":100}],\
      "screening":"SKIPPED","rejection":null,"reverses":null,\
      "occurredAt":"2026-01-02T03:04:05.678901Z"}""";

  private final EventReader reader = new EventReader();

  @Test
  void everythingIsRead() {
    IncomingEvent incoming = read(KEY, GOOD);

    assertThat(incoming).isInstanceOf(IncomingEvent.Moved.class);
    var event = ((IncomingEvent.Moved) incoming).event();
    assertThat(event.amountMinor()).isEqualTo(1_000);
    assertThat(event.capturedMinor()).isEqualTo(1_000);
    assertThat(Objects.requireNonNull(event.legs())).hasSize(2);
    assertThat(event.legs().get(1).amountMinor()).isEqualTo(100);
    assertThat(event.screening().name()).isEqualTo("SKIPPED");
    assertThat(event.occurredAt()).isEqualTo("2026-01-02T03:04:05.678901Z");
  }

  @Test
  void olderAndNewerEventsAreReadToo() {
    ObjectNode json = (ObjectNode) JsonMapper.shared().readTree(GOOD);
    json.remove("capturedMinor");
    json.remove("legs");
    json.remove("rejection");
    json.remove("reverses");
    json.put("newer", "field");

    assertThat(read(KEY, json.toString())).isInstanceOf(IncomingEvent.Moved.class);
  }

  static Stream<String> wrong() {
    return Stream.of(
        "",
        "null",
        "[]",
        GOOD + "{}",
        GOOD.replace("\"sequence\":2", "\"sequence\":0"),
        GOOD.replace("\"sequence\":2", "\"sequence\":2,\"sequence\":2"),
        GOOD.replace("\"POSTED\"", "\"DONE\""),
        GOOD.replace("\"POSTED\"", "3"),
        GOOD.replace("\"SKIPPED\"", "null"),
        GOOD.replace("\"EUR\"", "\"euro\""),
        GOOD.replace("\"amountMinor\":1000", "\"amountMinor\":\"1000\""),
        GOOD.replace("\"amountMinor\":1000", "\"amountMinor\":1000.0"),
        GOOD.replace("\"amountMinor\":1000", "\"amountMinor\":9007199254740992"),
        GOOD.replace("\"amountMinor\":1000,", ""),
        GOOD.replace("\"capturedMinor\":1000", "\"capturedMinor\":1001"),
        GOOD.replace("\"capturedMinor\":1000", "\"capturedMinor\":-1"),
        GOOD.replace("\"amountMinor\":900", "\"amountMinor\":901"),
        GOOD.replace("\"amountMinor\":900", "\"amountMinor\":0"),
        GOOD.replaceAll("\"legs\":\\[.*\\]", "\"legs\":[]"),
        GOOD.replace("2026-01-02T03:04:05.678901Z", "yesterday"),
        GOOD.replace("fee00000-0000-7000-8000-000000000978", "1-1-1-1-1"));
  }

  @ParameterizedTest
  @MethodSource("wrong")
  void whatBreaksTheContractIsUnreadable(String json) {
    assertThat(read(KEY, json)).isInstanceOf(IncomingEvent.Unreadable.class);
  }

  @Test
  void recordWithoutValueOrUnderAnotherKeyIsUnreadable() {
    assertThat(reader.read(record(bytes(KEY), null))).isInstanceOf(IncomingEvent.Unreadable.class);
    assertThat(read("0197a000-0000-8000-8000-000000000003", GOOD))
        .isInstanceOf(IncomingEvent.Unreadable.class);
  }

  private IncomingEvent read(String key, String json) {
    return reader.read(record(bytes(key), bytes(json)));
  }

  private static EventRecord record(byte[] key, byte[] value) {
    return new EventRecord(new ConsumerRecord<>(Topics.TRANSFER, 0, 0, key, value));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
