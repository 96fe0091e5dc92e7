package dev.payledger.ledger.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.payledger.ledger.FraudDouble.Mood;
import dev.payledger.ledger.LedgerUnderTest;
import dev.payledger.testkit.Postgres;
import dev.payledger.testkit.Seed;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.transaction.PlatformTransactionManager;
import tools.jackson.databind.JsonNode;

/// The continuous auditor: it comes to the end, looks at each event once, passes over nothing, and
/// what it finds stays found.
class AuditRunIT extends LedgerUnderTest {
  private static final Duration BOUND = Duration.ofSeconds(30);

  /// 30,000 rows of each table, within a transaction.
  static final String MANY_ROWS =
      """
          SET LOCAL session_replication_role = replica;
          CREATE TEMP TABLE n ON COMMIT DROP AS SELECT n, gen_random_uuid() AS id,
            gen_random_uuid() AS a, gen_random_uuid() AS b FROM generate_series(1, 30000) n;
          INSERT INTO account (id, owner, name, currency, opened_at, line_count,
              credits_posted_minor) SELECT a, 'owner ' || n, 'x', 'EUR', now(), 1, 10
              FROM n;
          INSERT INTO command SELECT id, 'create-transfer', sha256('x'), 'ACCEPTED', now() FROM n;
          INSERT INTO transfer (id, initiator, by_operator, status, screening, debit_account_id,
              credit_account_id, amount_minor, captured_minor, currency, created_at, expires_at,
              finished_at, event_count)
            SELECT id, 'x', false, 'POSTED', 'SKIPPED', a, b, 10, 10, 'EUR', now(), now(), now(), 1
            FROM n;
          INSERT INTO hold SELECT id, a, 10, 10, 'CAPTURED', now(), now() FROM n;
          INSERT INTO hold SELECT id, b, 10, 0, 'HELD', now(), NULL FROM n;
          INSERT INTO journal_entry SELECT id, id, 1, a, b, 10, 'EUR', now() FROM n;
          INSERT INTO account_line SELECT a, 1, id, 'CREDIT', 10 FROM n;
          INSERT INTO saga SELECT id, 'DONE', NULL, 'x', 1, 0, now() FROM n;
          INSERT INTO saga SELECT gen_random_uuid(), 'CAPTURE', NULL, 'x', 1, 0,
            now() + interval '6 days' FROM n;
          INSERT INTO account_change (account_id, number, change, changed_by, by_operator, status_before,
              status_after, frozen_by_owner_before, frozen_by_owner_after, frozen_by_operator_before,
              frozen_by_operator_after, changed_at)
            SELECT a, 0, 'TRAIL_BEGAN', 'x', true, 'OPEN', 'OPEN', 'NONE', 'NONE', 'NONE', 'NONE', now()
            FROM n;
          INSERT INTO offline_allowance SELECT a, now(), 10, 10 FROM n;
          INSERT INTO owner_offline_allowance SELECT 'owner ' || n, now(), 10, 10 FROM n;
          INSERT INTO audit_account SELECT a, 0, 0, 0 FROM n;
          INSERT INTO outbox (id, aggregate_type, aggregate_id, aggregate_seq, type, version, payload,
            created_at) SELECT id, 'transfer', id, 1, 'x', 1, '{}', now() FROM n;
          ANALYZE;
          """;

  @Autowired private AuditRun audit;
  @Autowired private AuditProgress progress;
  @Autowired private AuditMetrics metrics;
  @Autowired private Checks checks;
  @Autowired private MeterRegistry registry;
  @Autowired private JdbcClient sql;
  @Autowired private PlatformTransactionManager transactions;

  @BeforeEach
  void everythingSoFarIsAudited() {
    catchUp();
  }

  @Test
  void eachEventIsLookedAtOnce() {
    UUID a = account("alice", 1_000);
    UUID b = account("bob", 0);
    assertThat(transfer(alice(), UUID.randomUUID(), a, b, 10).status()).isEqualTo(201);

    // Two accounts opened, two transfers of two states each and two lines each.
    assertThat(catchUp()).isEqualTo(10);
    assertThat(catchUp()).isZero();
    assertThat(progress.findings()).isEmpty();
  }

  /// In small passes, each begun from what the one before has noted.
  @Test
  void thePassesAddUpToTheBooks() {
    RandomGenerator random = Seed.next().random();
    AuditRun small = of(7);
    List<UUID> accounts = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      accounts.add(account("alice", 10_000));
    }
    for (int i = 0; i < 60; i++) {
      UUID debit = accounts.get(random.nextInt(4));
      UUID credit = accounts.get((accounts.indexOf(debit) + 1 + random.nextInt(3)) % 4);
      transfer(alice(), UUID.randomUUID(), debit, credit, random.nextLong(1, 6_000));
      if (random.nextInt(3) == 0) {
        assertThat(small.runOnce()).isLessThanOrEqualTo(7);
      }
    }
    catchUp();

    assertThat(progress.findings()).isEmpty();
    assertThat(
            value(
                Long.class,
                """
                SELECT count(*) FROM account a LEFT JOIN audit_account b ON b.account_id = a.id
                WHERE a.id = ANY (?) AND (a.line_count, a.debits_posted_minor, a.credits_posted_minor)
                  IS DISTINCT FROM (b.seq, b.debits_minor, b.credits_minor)
                """,
                (Object) accounts.toArray(new UUID[0])))
        .isZero();
  }

  /// A transaction that has its place in the outbox and has not committed: what committed after it
  /// has a higher position and must not carry the auditor past it.
  @Test
  void anEventThatCommitsLateIsNotPassedOver() throws SQLException {
    UUID late = UUID.randomUUID();
    try (Connection journal = as("ledger_journal");
        Statement statement = journal.createStatement()) {
      statement.execute("SET idle_in_transaction_session_timeout = 0; SET transaction_timeout = 0");
      journal.setAutoCommit(false);
      // A fact that is missing, so that the auditor has something to say when it comes by.
      statement.execute(
          """
          INSERT INTO outbox (id, aggregate_type, aggregate_id, aggregate_seq, type, version, payload,
            created_at) VALUES ('%s', 'transfer', '%s', 1, 'x', 1, '{}', now())
          """
              .formatted(late, late));
      account("alice", 100);
      for (int i = 0; i < 5; i++) {
        audit.runOnce();
      }
      assertThat(progress.findings()).isEmpty();
      journal.commit();
    }
    try {
      catchUp();
      assertThat(progress.findings()).containsEntry("I11b", List.of(late.toString()));
    } finally {
      spoil("DELETE FROM outbox WHERE id = '%s'".formatted(late));
      assertThat(get("/v1/operator/checks", operator()).json().get("passed").asBoolean()).isTrue();
    }
  }

  @Test
  void aFindingStaysUntilAFullScanNoLongerFindsIt() throws SQLException {
    UUID a = account("alice", 100);
    UUID b = account("bob", 100);
    catchUp();
    spoil("UPDATE account SET line_count = line_count + 1 WHERE id = '%s'".formatted(b));
    assertThat(catchUp()).isZero();
    assertThat(continuous().get("passed").asBoolean()).as("no event leads to it yet").isTrue();

    transfer(alice(), UUID.randomUUID(), a, account("carol", 0), 1);
    catchUp();
    assertThat(continuous().get("passed").asBoolean()).isTrue();
    assertThat(violations("I5b")).isZero();

    // Held and given back again: an event that touches b and writes no line.
    FRAUD.become(Mood.DECLINES);
    transfer(alice(), UUID.randomUUID(), a, b, 1);
    catchUp();
    assertThat(continuous().get("passed").asBoolean()).isFalse();
    assertThat(progress.findings().get("I5b")).containsExactly(b.toString());
    assertThat(violations("I5b")).isEqualTo(1);

    assertThat(get("/v1/operator/checks", operator()).json().get("passed").asBoolean()).isFalse();
    assertThat(continuous().get("passed").asBoolean()).as("still wrong").isFalse();

    spoil("UPDATE account SET line_count = line_count - 1 WHERE id = '%s'".formatted(b));
    catchUp();
    assertThat(violations("I5b")).as("put right, and not scanned yet").isEqualTo(1);
    assertThat(get("/v1/operator/checks", operator()).json().get("passed").asBoolean()).isTrue();
    assertThat(continuous().get("passed").asBoolean()).isTrue();
    audit.runOnce();
    assertThat(violations("I5b")).isZero();
  }

  /// What is stuck has no event that says so.
  @Test
  void aStuckTransferIsFoundWithoutAnEvent() throws SQLException {
    UUID stuck = UUID.randomUUID();
    UUID a = account("alice", 9_000);
    UUID b = account("bob", 0);
    FRAUD.become(Mood.FAILS);
    assertThat(transfer(alice(), stuck, a, b, 6_000).status()).isEqualTo(202);
    catchUp();
    String until =
        value(
            String.class, "SELECT expires_at::text FROM transfer WHERE id = ?", transferOf(stuck));
    String expire = "UPDATE transfer SET expires_at = '%s' WHERE id = '%s'";
    spoil(expire.formatted("2026-01-01", transferOf(stuck)));
    spoil("UPDATE audit_place SET alive_at = now(), excused_until = '-infinity'");
    spoil("UPDATE saga SET due_at = now() WHERE transfer_id = '%s'".formatted(transferOf(stuck)));
    try {
      assertThat(catchUp()).isZero();
      assertThat(progress.findings()).containsEntry("I8", List.of(transferOf(stuck).toString()));
    } finally {
      spoil(expire.formatted(until, transferOf(stuck)));
      assertThat(get("/v1/operator/checks", operator()).json().get("passed").asBoolean()).isTrue();
    }
  }

  @Test
  void theAgeGrowsWhileNothingIsAudited() {
    catchUp();
    double before = age();
    clock.advance(Duration.ofMinutes(3));
    assertThat(age()).isCloseTo(before + 180, within(0.002));

    Awaitility.await()
        .atMost(BOUND)
        .until(
            () -> {
              audit.runOnce();
              return age() < 0.002;
            });
    assertThat(Instant.parse(continuous().get("auditedUntil").asString()))
        .isBetween(clock.instant().minusMillis(1), clock.instant());
  }

  /// Two instances at once: no event is noted twice, and none is left out.
  @Test
  void twoAuditorsShareTheWork() throws Exception {
    for (int i = 0; i < 10; i++) {
      account("alice", 100);
    }
    AuditRun one = of(10);
    AuditRun other = of(10);
    long passesBefore = progress.position().passes();
    int looked = 0;
    int passes = 0;
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      while (progress.position().position() < newest()) {
        List<Callable<Integer>> both = List.of(one::runOnce, other::runOnce);
        for (Future<Integer> count : threads.invokeAll(both)) {
          looked += count.get();
          passes++;
        }
      }
    }
    assertThat(looked).isEqualTo(50);
    assertThat(progress.position().passes() - passesBefore).isLessThanOrEqualTo(passes);
    assertThat(progress.findings()).isEmpty();
  }

  /// What a pass costs does not grow with the books: 30,000 rows of each table, ten new events.
  @Test
  void aPassReadsNoTableWhole() throws SQLException {
    try (Connection superuser = Postgres.superuser("ledger");
        Statement statement = superuser.createStatement()) {
      superuser.setAutoCommit(false);
      statement.execute(MANY_ROWS);
      JdbcClient here = JdbcClient.create(new SingleConnectionDataSource(superuser, true));
      String newest = "SELECT max(position) FROM outbox";
      long upTo = here.sql(newest).query(Long.class).single();
      String wholeTables =
          """
          SELECT relname || ' ' || seq_tup_read FROM pg_stat_xact_user_tables
          WHERE schemaname = 'public' AND seq_tup_read >= 30000
          """;
      List<String> before = here.sql(wholeTables).query(String.class).list();

      NewEvents events = NewEvents.next(here, upTo - 10, upTo, 1_000);
      assertThat(events.count()).isEqualTo(10);
      assertThat(events.seen().transfers()).hasSizeBetween(10, 200);
      checks.run(here, events.seen());
      checks.sums(here, events.seen());

      assertThat(here.sql(wholeTables).query(String.class).list()).isEqualTo(before);
      // The measure sees what it is for.
      here.sql("SELECT count(*) FROM hold WHERE held_at < now()").query(Long.class).single();
      assertThat(here.sql(wholeTables).query(String.class).list()).isNotEqualTo(before);
      superuser.rollback();
    }
  }

  @Test
  void anUnknownModeIsRefusedAndTheRouteIsAnOperators() {
    assertThat(get("/v1/operator/checks?mode=SOMETIMES", operator()).code())
        .isEqualTo("invalid-request");
    assertThat(get("/v1/operator/checks?mode=CONTINUOUS", alice()).status()).isEqualTo(403);
  }

  private AuditRun of(int batchMax) {
    return new AuditRun(
        checks,
        progress,
        metrics,
        new AuditProperties(
            Duration.ofHours(1), batchMax, Duration.ofHours(1), 2_000, Duration.ofHours(1)),
        sql,
        transactions,
        any -> clock.instant());
  }

  /// Runs until everything committed so far has been looked at.
  private int catchUp() {
    long newest = newest();
    int[] looked = {0};
    Awaitility.await()
        .atMost(BOUND)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> {
              looked[0] += audit.runOnce();
              return progress.position().position() >= newest;
            });
    // Once more, so that a pass has begun after all of it.
    looked[0] += audit.runOnce();
    return looked[0];
  }

  private JsonNode continuous() {
    return get("/v1/operator/checks?mode=CONTINUOUS", operator()).json();
  }

  private double violations(String check) {
    return registry.get("ledger.check.violations").tag("check", check).gauge().value();
  }

  private double age() {
    return registry.get("ledger.audit.age").timeGauge().value(TimeUnit.SECONDS);
  }

  private static long newest() {
    return value(Long.class, "SELECT coalesce(max(position), 0) FROM outbox");
  }

  private static void spoil(String statementText) throws SQLException {
    try (Connection superuser = Postgres.superuser("ledger");
        Statement statement = superuser.createStatement()) {
      statement.execute("SET session_replication_role = replica; " + statementText);
    }
  }
}
