package dev.payledger.ledger.blocked;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.payledger.contracts.BlockedAccountEvent;
import dev.payledger.contracts.Topics;
import dev.payledger.ledger.LedgerUnderTest;
import dev.payledger.testkit.Kafka;
import dev.payledger.testkit.Postgres;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestPropertySource;

/// How the list of blocked accounts arrives, over a real broker.
@DirtiesContext
@TestPropertySource(properties = "spring.kafka.listener.auto-startup=true")
class BlockedAccountsIT extends LedgerUnderTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static KafkaProducer<byte[], byte[]> fraud;

  @Autowired private BlockedAccounts blocked;
  @Autowired private KafkaListenerEndpointRegistry listeners;

  private final UUID account = UUID.randomUUID();

  @DynamicPropertySource
  static void kafka(DynamicPropertyRegistry registry) {
    Kafka.register(registry);
  }

  @AfterAll
  static void hangUp() {
    if (fraud != null) {
      fraud.close();
      fraud = null;
    }
  }

  @Test
  void theNewestChangeStandsInWhateverOrderTheyArrive() throws Exception {
    tell(account, 2, true);
    await().atMost(SOON).until(() -> blocked.isAnyOf(Set.of(account)));

    tell(account, 1, false);
    tell(account, 2, true);
    awaitAllTaken();
    assertThat(blocked.isAnyOf(Set.of(account))).isTrue();
    assertThat(blocked.isAnyOf(Set.of(UUID.randomUUID()))).isFalse();

    tell(account, 3, false);
    await().atMost(SOON).until(() -> !blocked.isAnyOf(Set.of(account)));
  }

  /// A database that is made anew, or restored to an earlier time, is filled again by the next start.
  @Test
  void aStartReadsTheListFromItsBeginning() throws Exception {
    tell(account, 1, true);
    tell(BlockedAccountEvent.END_OF_LIST, 1, false);
    awaitAllTaken();
    superuser("DELETE FROM blocked_account");
    listeners.stop();

    listeners.start();

    await().atMost(SOON).until(() -> blocked.isAnyOf(Set.of(account)));
    awaitAllTaken();
    assertThat(
            value(
                Long.class,
                "SELECT count(*) FROM blocked_account WHERE account_id = ?",
                BlockedAccountEvent.END_OF_LIST))
        .isEqualTo(1);
  }

  @Test
  void poisonIsKeptAndTheNextRecordIsApplied() throws Exception {
    long before = value(Long.class, "SELECT count(*) FROM unreadable_event");
    send(account, "{\"accountId\":\"" + account + "\"}");
    send(account, "not JSON");
    send(UUID.randomUUID(), json(account, 5, true));
    send(account, json(account, 0, true));
    send(account, json(account, 1, true).replace("true", "null"));
    send(BlockedAccountEvent.END_OF_LIST, json(BlockedAccountEvent.END_OF_LIST, 9, true));
    send(account, null);
    tell(account, 1, true);

    await().atMost(SOON).until(() -> blocked.isAnyOf(Set.of(account)));
    assertThat(value(Long.class, "SELECT count(*) FROM unreadable_event")).isEqualTo(before + 7);
    assertThat(
            value(Long.class, "SELECT sequence FROM blocked_account WHERE account_id = ?", account))
        .isEqualTo(1);
  }

  @Test
  void whatCannotBeStoredNowIsStoredLater() throws Exception {
    try (Connection other = Postgres.superuser("ledger");
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("LOCK TABLE blocked_account IN ACCESS EXCLUSIVE MODE");
      tell(account, 1, true);
      await()
          .atMost(SOON)
          .until(
              () ->
                  value(
                          Long.class,
                          "SELECT count(*) FROM pg_locks WHERE NOT granted"
                              + " AND relation = 'blocked_account'::regclass")
                      > 0);
      other.rollback();
    }
    await().atMost(SOON).until(() -> blocked.isAnyOf(Set.of(account)));
  }

  /// A few retries, then aside: a later change of another account is not held up.
  @Test
  void rejectedRecordDoesNotStopTheList() throws Exception {
    UUID next = UUID.randomUUID();
    long before = value(Long.class, "SELECT count(*) FROM unreadable_event");
    superuser(
        "ALTER TABLE blocked_account ADD CONSTRAINT planted CHECK (account_id <> '%s')"
            .formatted(account));
    try {
      tell(account, 1, true);
      tell(next, 1, true);

      await().atMost(SOON).until(() -> blocked.isAnyOf(Set.of(next)));
      assertThat(blocked.isAnyOf(Set.of(account))).isFalse();
      assertThat(value(Long.class, "SELECT count(*) FROM unreadable_event")).isEqualTo(before + 1);
    } finally {
      superuser("ALTER TABLE blocked_account DROP CONSTRAINT planted");
    }
  }

  private void awaitAllTaken() throws Exception {
    UUID last = UUID.randomUUID();
    tell(last, 1, true);
    await().atMost(SOON).until(() -> blocked.isAnyOf(Set.of(last)));
  }

  private static void tell(UUID account, long sequence, boolean isBlocked) throws Exception {
    send(account, json(account, sequence, isBlocked));
  }

  private static String json(UUID account, long sequence, boolean isBlocked) {
    return JSON.writeValueAsString(
        new BlockedAccountEvent(
            account, sequence, isBlocked, Instant.parse("2026-01-02T03:04:05Z")));
  }

  private static void send(UUID key, String value) throws Exception {
    if (fraud == null) {
      try (Admin admin =
          Admin.create(
              Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, Kafka.bootstrapServers()))) {
        admin.createTopics(List.of(new NewTopic(Topics.BLOCKED_ACCOUNT, 1, (short) 1))).all().get();
      }
      fraud =
          new KafkaProducer<>(
              Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, Kafka.bootstrapServers()),
              new ByteArraySerializer(),
              new ByteArraySerializer());
    }
    fraud
        .send(
            new ProducerRecord<>(
                Topics.BLOCKED_ACCOUNT,
                key.toString().getBytes(StandardCharsets.UTF_8),
                value == null ? null : value.getBytes(StandardCharsets.UTF_8)))
        .get();
  }
}
