package dev.payledger.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.payledger.contracts.Topics;
import dev.payledger.testkit.Postgres;
import dev.payledger.testkit.Seed;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;

/// What Kafka and the database may do to the intake, and what it makes of it.
class IntakeIT extends HearingServer {
  @Autowired KafkaListenerEndpointRegistry listeners;
  @Autowired MeterRegistry meters;

  /// Fault K14: whatever the order and however often, the state is the same, and no reader on the way
  /// sees a gap or goes back in time.
  @Test
  void duplicatesAndDisorderEndInTheSameState() {
    Random random = new Random(Seed.next().value());
    List<UUID> accounts = List.of(UUID.randomUUID(), UUID.randomUUID(), UUID.randomUUID());
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (UUID account : accounts) {
      UUID opening = UUID.randomUUID();
      for (int copy = 0; copy < 10; copy++) {
        records.add(LedgerEvents.opened(account, "alice", opening));
        for (long sequence = 1; sequence <= 20; sequence++) {
          records.add(LedgerEvents.entry(account, sequence));
        }
      }
    }
    Collections.shuffle(records, random);
    double applied = meters.counter("notify.feed.applied").count();
    double duplicates = meters.counter("notify.feed.duplicate").count();
    long deadLetters = count("dead_letter");

    ledger.sendAll(records);

    int[] seen = new int[accounts.size()];
    List<Long> all = LongStream.rangeClosed(1, 20).boxed().toList();
    await()
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(10))
        .until(
            () -> {
              for (int i = 0; i < seen.length; i++) {
                List<Long> now = sequences(accounts.get(i), "alice");
                assertThat(now).isEqualTo(all.subList(0, now.size()));
                assertThat(now).hasSizeGreaterThanOrEqualTo(seen[i]);
                seen[i] = now.size();
              }
              return seen[0] + seen[1] + seen[2] == 60;
            });
    awaitAllHeard();
    assertThat(meters.counter("notify.feed.applied").count() - applied).isEqualTo(63);
    assertThat(meters.counter("notify.feed.duplicate").count() - duplicates).isEqualTo(567);
    assertThat(count("dead_letter")).isEqualTo(deadLetters);
    for (UUID account : accounts) {
      assertThat(items(account)).isEqualTo(20);
      for (long sequence : all) {
        assertThat(
                count("inbox WHERE event_id = '" + LedgerEvents.eventId(account, sequence) + "'"))
            .isEqualTo(1);
      }
    }
  }

  /// Fault K15.
  @Test
  void poisonIsKeptAndTheNextRecordIsApplied() throws Exception {
    UUID account = ledger.opened("alice");
    ledger.posted(account, 1);
    ProducerRecord<byte[], byte[]> good = LedgerEvents.entry(account, 2);
    long before = count("dead_letter WHERE reason = 'UNREADABLE'");
    List<byte[]> poison = new ArrayList<>();
    poison.add(LedgerEvents.bytes("{"));
    poison.add(new byte[] {(byte) 0xff, 0, (byte) 0xfe});
    poison.add(new byte[900_000]);
    poison.add(LedgerEvents.bytes("{\"amountMinor\":1}"));
    poison.add(null);

    for (byte[] value : poison) {
      ledger.send(
          new ProducerRecord<>(good.topic(), good.partition(), good.key(), value, good.headers()));
    }
    ledger.send(
        new ProducerRecord<byte[], byte[]>(
            good.topic(), good.partition(), null, good.value(), good.headers()));
    ledger.send(new ProducerRecord<>(good.topic(), good.partition(), good.key(), good.value()));
    ledger.send(
        LedgerEvents.record(
            Topics.ACCOUNT, account, UUID.randomUUID(), "AccountVanished", "{\"a\":\"\u0000\"}"));
    ledger.send(good);

    await().atMost(SOON).until(() -> sequences(account, "alice").equals(List.of(1L, 2L)));
    await()
        .atMost(SOON)
        .until(() -> count("dead_letter WHERE reason = 'UNREADABLE'") == before + 8);
    try (var connection = Postgres.superuser("notify_eu");
        var statement = connection.createStatement();
        var row =
            statement.executeQuery(
                "SELECT topic, record_value, headers, detail FROM dead_letter"
                    + " WHERE length(record_value) = 3 ORDER BY id DESC LIMIT 1")) {
      assertThat(row.next()).isTrue();
      assertThat(row.getString("topic")).isEqualTo(Topics.ACCOUNT_ENTRY);
      assertThat(row.getBytes("record_value")).isEqualTo(poison.get(1));
      assertThat(row.getString("headers")).contains("\"traceparent\":[\"");
      assertThat(row.getString("detail")).isNotBlank();
    }
  }

  /// Fault K16: more is ignored, less is never made up.
  @Test
  void schemaFromTheFutureIsReadAsFarAsItIsOurs() {
    UUID account = ledger.opened("alice");
    long before = count("dead_letter");
    ledger.send(
        LedgerEvents.entry(
            account,
            UUID.randomUUID(),
            LedgerEvents.json(account, 1).replace("{", "{\"fee\":{\"currency\":null},")));
    ledger.send(
        LedgerEvents.entry(
            account,
            UUID.randomUUID(),
            LedgerEvents.json(account, 2).replace("\"amountMinor\":1002,", "")));
    ledger.posted(account, 3);

    awaitAllHeard();

    assertThat(sequences(account, "alice")).containsExactly(1L);
    assertThat(count("dead_letter")).isEqualTo(before + 1);
    assertThat(items(account)).isEqualTo(2);
  }

  @Test
  void otherContentUnderAKnownKeyIsKeptAsideAndNeverShown() {
    UUID account = ledger.opened("alice");
    ledger.posted(account, 1);
    String first = LedgerEvents.json(account, 1);
    long before = count("dead_letter WHERE reason = 'CONFLICT'");

    ledger.send(LedgerEvents.entry(account, UUID.randomUUID(), first));
    ledger.send(
        LedgerEvents.entry(
            account,
            UUID.randomUUID(),
            first.replace("\"amountMinor\":1001", "\"amountMinor\":9")));
    ledger.send(LedgerEvents.opened(account, "bob", UUID.randomUUID()));
    awaitAllHeard();

    assertThat(feed(account, ISSUER.token("alice")).body()).contains("\"amountMinor\":1001");
    assertThat(feed(account, ISSUER.token("bob")).body()).contains("\"known\":false");
    assertThat(count("dead_letter WHERE reason = 'CONFLICT'")).isEqualTo(before + 2);
  }

  /// Fault K12: a consumer killed between its commit and Kafka's offset hears everything again.
  @Test
  void everythingHeardAgainChangesNothing() throws Exception {
    UUID account = ledger.opened("alice");
    for (long sequence = 1; sequence <= 5; sequence++) {
      ledger.posted(account, sequence);
    }
    ledger.send(LedgerEvents.entry(account, UUID.randomUUID(), "poison"));
    awaitAllHeard();
    List<Long> rows = rows();
    double applied = meters.counter("notify.feed.applied").count();
    double duplicates = meters.counter("notify.feed.duplicate").count();

    listeners.getListenerContainers().forEach(container -> container.stop());
    try (Admin admin = admin()) {
      Map<TopicPartition, OffsetAndMetadata> fromTheStart =
          admin
              .listConsumerGroupOffsets("notify-eu")
              .partitionsToOffsetAndMetadata()
              .get()
              .keySet()
              .stream()
              .collect(Collectors.toMap(partition -> partition, it -> new OffsetAndMetadata(0)));
      await()
          .atMost(SOON)
          .ignoreExceptions()
          .until(
              () -> {
                admin.alterConsumerGroupOffsets("notify-eu", fromTheStart).all().get();
                return true;
              });
    } finally {
      listeners.getListenerContainers().forEach(container -> container.start());
    }
    awaitAllHeard();

    assertThat(rows()).isEqualTo(rows);
    assertThat(meters.counter("notify.feed.applied").count()).isEqualTo(applied);
    assertThat(meters.counter("notify.feed.duplicate").count())
        .isGreaterThanOrEqualTo(duplicates + 6);
  }

  @Test
  void databaseThatWasAwayLosesNothing() {
    UUID account = ledger.opened("alice");
    ledger.posted(account, 1);
    await().atMost(SOON).until(() -> sequences(account, "alice").equals(List.of(1L)));
    long deadLetters = count("dead_letter");

    execute("ALTER ROLE notify_eu_app NOLOGIN");
    try {
      execute(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'notify_eu_app'");
      ledger.posted(account, 2);
      ledger.posted(account, 3);
      await().atMost(SOON).until(() -> feed(account, ISSUER.token("alice")).statusCode() == 503);
      assertThat(feed(account, ISSUER.token("alice")).headers().firstValue("Retry-After"))
          .isPresent();
      assertThat(items(account)).isEqualTo(1);
    } finally {
      execute("ALTER ROLE notify_eu_app LOGIN");
    }

    await().atMost(SOON).until(() -> sequences(account, "alice").equals(List.of(1L, 2L, 3L)));
    assertThat(count("dead_letter")).isEqualTo(deadLetters);
  }

  /// The database is asked for something that it refuses for what it is: a few tries, then aside.
  @Test
  void recordThatTheDatabaseRefusesDoesNotStopItsPartition() {
    UUID account = ledger.opened("alice");
    ledger.posted(account, 1);
    awaitAllHeard();
    execute(
        "ALTER TABLE feed_item ADD CONSTRAINT planted CHECK (account_id <> '%s' OR sequence <> 2)"
            .formatted(account));
    try {
      ledger.posted(account, 2);
      ledger.posted(account, 3);

      await().atMost(SOON).until(() -> count("dead_letter WHERE reason = 'FAILED'") == 1);
      await().atMost(SOON).until(() -> items(account) == 2);
      assertThat(sequences(account, "alice")).containsExactly(1L);
      assertThat(count("inbox WHERE event_id = '" + LedgerEvents.eventId(account, 2) + "'"))
          .isZero();
    } finally {
      execute("ALTER TABLE feed_item DROP CONSTRAINT planted");
    }

    ledger.posted(account, 2);
    await().atMost(SOON).until(() -> sequences(account, "alice").equals(List.of(1L, 2L, 3L)));
  }

  private static long items(UUID account) {
    return count("feed_item WHERE account_id = '" + account + "'");
  }

  private static List<Long> rows() {
    return List.of(count("account"), count("feed_item"), count("inbox"), count("dead_letter"));
  }
}
