package dev.payledger.notify.intake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.contracts.AccountChangedEvent;
import dev.payledger.contracts.AccountEntryEvent;
import dev.payledger.contracts.AccountEvent;
import dev.payledger.contracts.Topics;
import dev.payledger.kit.consumer.EventRecord;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventReaderTest {
  private static final UUID EVENT = UUID.fromString("0197a000-0000-7000-8000-00000000000e");
  private static final String ACCOUNT = "a11ce000-0000-7000-8000-000000000978";
  private static final String ENTRY =
      """
      {"accountId":"a11ce000-0000-7000-8000-000000000978","sequence":2,\
      "entryId":"0197a000-0000-7000-8000-000000000001",\
      "transferId":"0197a000-0000-8000-8000-000000000002","side":"DEBIT","amountMinor":1000,\
      "currency":"EUR","balanceAfterMinor":-5,"postedAt":"2026-01-02T03:04:05.678901Z"}""";
  private static final String OPENED =
      """
      {"accountId":"a11ce000-0000-7000-8000-000000000978","owner":"alice","name":"Alice EUR",\
      "currency":"EUR","occurredAt":"2026-01-02T03:04:05.678901Z"}""";

  private final EventReader reader = new EventReader();

  @Test
  void contractsExamplesAreRead() {
    assertThat(entry(ENTRY))
        .isEqualTo(
            new IncomingEvent.EntryPosted(
                EVENT,
                new AccountEntryEvent(
                    UUID.fromString(ACCOUNT),
                    2,
                    UUID.fromString("0197a000-0000-7000-8000-000000000001"),
                    UUID.fromString("0197a000-0000-8000-8000-000000000002"),
                    AccountEntryEvent.Side.DEBIT,
                    1000,
                    "EUR",
                    -5,
                    Instant.parse("2026-01-02T03:04:05.678901Z"))));
    assertThat(opened(OPENED))
        .isEqualTo(
            new IncomingEvent.AccountOpened(
                EVENT,
                new AccountEvent(
                    UUID.fromString(ACCOUNT),
                    "alice",
                    "Alice EUR",
                    "EUR",
                    Instant.parse("2026-01-02T03:04:05.678901Z"))));
  }

  @Test
  void fieldsOfANewerSchemaAreIgnored() {
    assertThat(entry(ENTRY.replace("{\"", "{\"fee\":{\"amountMinor\":\"1\"},\"")))
        .isEqualTo(entry(ENTRY));
    assertThat(opened(OPENED.replace("{\"", "{\"region\":null,\""))).isEqualTo(opened(OPENED));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "accountId",
        "sequence",
        "entryId",
        "transferId",
        "side",
        "amountMinor",
        "currency",
        "balanceAfterMinor",
        "postedAt"
      })
  void missingOrNullFieldIsNeverADefault(String field) {
    assertUnreadable(entry(ENTRY.replace("\"" + field + "\":", "\"was\":")));
    assertUnreadable(
        entry(ENTRY.replaceAll("\"" + field + "\":(\"[^\"]*\"|-?\\d+)", "\"" + field + "\":null")));
  }

  @Test
  void sequenceStartsAtOne() {
    assertUnreadable(entry(ENTRY.replace(":2,", ":0,")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "-1",
        "9007199254740992",
        "1e3",
        "1000.0",
        "\"1000\"",
        "true",
        "[1000]",
        "{}",
        "01000"
      })
  void amountIsAWholeNumberInRange(String amount) {
    assertUnreadable(entry(ENTRY.replace(":1000,", ":" + amount + ",")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"debit\"", "\"BOTH\"", "0", "null", "\" DEBIT\""})
  void sideIsOneOfTwoWords(String side) {
    assertUnreadable(entry(ENTRY.replace("\"DEBIT\"", side)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1767323045",
        "\"1767323045\"",
        "\"2026-01-02\"",
        "\"2026-01-02T03:04:05\"",
        "\"1969-12-31T23:59:59Z\"",
        "\"+10000-01-01T00:00:00Z\""
      })
  void instantIsTextWithAZone(String instant) {
    assertUnreadable(entry(ENTRY.replace("\"2026-01-02T03:04:05.678901Z\"", instant)));
  }

  @Test
  void instantIsCutToWhatIsStored() {
    assertThat(entry(ENTRY.replace("678901Z", "678901999Z"))).isEqualTo(entry(ENTRY));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "null", "[]", "42", "{", "{}", "{}{}", "\"text\"", "\u0000", "<xml/>"})
  void anythingElseIsUnreadable(String value) {
    assertUnreadable(entry(value));
    assertUnreadable(opened(value));
  }

  @Test
  void doubledFieldAndTrailingTextAreUnreadable() {
    assertUnreadable(entry(ENTRY.replace("{\"", "{\"amountMinor\":1,\"")));
    assertUnreadable(entry(ENTRY + ENTRY));
    assertUnreadable(entry(ENTRY.replace("\"EUR\"", "978")));
    assertUnreadable(entry(ENTRY.replace("\"EUR\"", "\"eur\"")));
    assertUnreadable(entry(ENTRY.replace("0197a000-0000-7000-8000-000000000001", "1-1-1-1-1")));
    assertUnreadable(opened(OPENED.replace("\"alice\"", "\"\"")));
    assertUnreadable(opened(OPENED.replace("\"alice\"", "\"al\\u0000ice\"")));
    assertUnreadable(opened(OPENED.replace("\"Alice EUR\"", "\"\\u0000\"")));
    assertUnreadable(opened(OPENED.replace("\"Alice EUR\"", "7")));
  }

  @Test
  void nestingIsBounded() {
    assertUnreadable(entry("{\"more\":" + "[".repeat(100_000)));
  }

  @Test
  void keyIdAndTypeArePartOfTheContract() {
    byte[] value = ENTRY.getBytes(StandardCharsets.UTF_8);
    byte[] key = ACCOUNT.getBytes(StandardCharsets.UTF_8);
    RecordHeaders good = headers(EVENT.toString(), "AccountDebited");

    assertThat(read(Topics.ACCOUNT_ENTRY, key, value, good))
        .isInstanceOf(IncomingEvent.Event.class);
    assertUnreadable(read(Topics.ACCOUNT_ENTRY, null, value, good));
    assertUnreadable(read(Topics.ACCOUNT_ENTRY, key, null, good));
    assertUnreadable(read(Topics.ACCOUNT_ENTRY, new byte[] {(byte) 0xff}, value, good));
    assertUnreadable(
        read(Topics.ACCOUNT_ENTRY, EVENT.toString().getBytes(StandardCharsets.UTF_8), value, good));
    assertUnreadable(read(Topics.ACCOUNT_ENTRY, key, value, new RecordHeaders()));
    assertUnreadable(
        read(Topics.ACCOUNT_ENTRY, key, value, headers("not-an-id", "AccountDebited")));
    assertUnreadable(
        read(Topics.ACCOUNT_ENTRY, key, value, headers(EVENT.toString(), "AccountCredited")));
    assertUnreadable(
        read(Topics.ACCOUNT_ENTRY, key, value, headers(EVENT.toString(), "AccountRenamed")));
    RecordHeaders two = headers(EVENT.toString(), "AccountDebited");
    two.add("id", UUID.randomUUID().toString().getBytes(StandardCharsets.UTF_8));
    assertUnreadable(read(Topics.ACCOUNT_ENTRY, key, value, two));
    assertUnreadable(read(Topics.TRANSFER, key, value, good));
  }

  private static void assertUnreadable(IncomingEvent event) {
    assertThat(event).isInstanceOf(IncomingEvent.Unreadable.class);
    assertThat(((IncomingEvent.Unreadable) event).why()).isNotBlank();
  }

  @Test
  void changesOfAnAccountAreNoneOfTheFeeds() {
    for (String type : AccountChangedEvent.TYPES) {
      assertThat(
              read(
                  Topics.ACCOUNT,
                  ACCOUNT.getBytes(StandardCharsets.UTF_8),
                  "{}".getBytes(StandardCharsets.UTF_8),
                  headers(EVENT.toString(), type)))
          .isEqualTo(new IncomingEvent.NotForTheFeed());
    }
  }

  private IncomingEvent entry(String value) {
    return read(
        Topics.ACCOUNT_ENTRY,
        ACCOUNT.getBytes(StandardCharsets.UTF_8),
        value.getBytes(StandardCharsets.UTF_8),
        headers(EVENT.toString(), "AccountDebited"));
  }

  private IncomingEvent opened(String value) {
    return read(
        Topics.ACCOUNT,
        ACCOUNT.getBytes(StandardCharsets.UTF_8),
        value.getBytes(StandardCharsets.UTF_8),
        headers(EVENT.toString(), "AccountOpened"));
  }

  private IncomingEvent read(String topic, byte[] key, byte[] value, RecordHeaders headers) {
    return reader.read(
        new EventRecord(
            new ConsumerRecord<>(
                topic,
                0,
                0,
                0,
                TimestampType.CREATE_TIME,
                0,
                0,
                key,
                value,
                headers,
                Optional.empty())));
  }

  private static RecordHeaders headers(String id, String type) {
    RecordHeaders headers = new RecordHeaders();
    for (var header : List.of(List.of("id", id), List.of("type", type), List.of("version", "1"))) {
      headers.add(header.get(0), header.get(1).getBytes(StandardCharsets.UTF_8));
    }
    return headers;
  }
}
