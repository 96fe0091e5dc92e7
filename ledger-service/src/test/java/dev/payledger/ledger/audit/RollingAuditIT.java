package dev.payledger.ledger.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.payledger.kit.deadline.Deadline;
import dev.payledger.kit.problem.ProblemException;
import dev.payledger.ledger.FraudDouble.Mood;
import dev.payledger.ledger.LedgerUnderTest;
import dev.payledger.ledger.audit.AuditProgress.Round;
import dev.payledger.ledger.journal.DatabaseClock;
import dev.payledger.testkit.Postgres;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;

/// The rolling audit: its place and how it is kept, what it finds and when that is cleared, what a step
/// costs; and lateness that a downtime excuses.
class RollingAuditIT extends LedgerUnderTest {
  @Autowired private AuditRun continuous;
  @Autowired private AuditProgress progress;
  @Autowired private AuditMetrics metrics;
  @Autowired private Checks checks;
  @Autowired private MeterRegistry registry;
  @Autowired private FullScan fullScan;

  @Autowired
  @Qualifier("audit")
  private JdbcClient sql;

  @Autowired
  @Qualifier("audit")
  private PlatformTransactionManager transactions;

  private RollingAudit audit;

  @BeforeEach
  void aRoundIsComplete() {
    audit = of(1_000, any -> clock.instant());
    toTheEndOfTheRound();
    assertThat(progress.findings()).isEmpty();
  }

  @Test
  void errorWithoutEventIsFoundAndCleared() {
    UUID b = account("bob", 100);
    superuser("UPDATE account SET line_count = line_count + 1 WHERE id = '%s'".formatted(b));
    toTheEndOfTheRound();
    assertThat(progress.findings()).containsEntry("I5b", List.of(b.toString()));
    assertThat(operatorsView().get("passed").asBoolean()).isFalse();
    toTheEndOfTheRound();
    assertThat(progress.findings()).as("still wrong").containsOnlyKeys("I5b");

    superuser("UPDATE account SET line_count = line_count - 1 WHERE id = '%s'".formatted(b));
    assertThat(progress.findings()).as("not looked at yet").containsOnlyKeys("I5b");
    stepUntil(Walk.TRANSFERS);
    assertThat(progress.findings()).as("looked at again, the round goes on").isEmpty();
    assertThat(operatorsView().get("passed").asBoolean()).isTrue();
  }

  /// What the continuous auditor found is cleared when the whole round has not found it.
  @Test
  void findingOfAnEventIsClearedByWholeRound() {
    UUID a = account("alice", 100);
    UUID b = account("bob", 100);
    superuser("UPDATE account SET line_count = line_count + 1 WHERE id = '%s'".formatted(b));
    FRAUD.become(Mood.DECLINES);
    transfer(alice(), UUID.randomUUID(), a, b, 1);
    long newest = value(Long.class, "SELECT max(position) FROM outbox");
    while (progress.position().position() < newest) {
      continuous.runOnce();
    }
    assertThat(progress.findings()).containsEntry("I5b", List.of(b.toString()));
    superuser("UPDATE account SET line_count = line_count - 1 WHERE id = '%s'".formatted(b));
    toTheEndOfTheRound();
    assertThat(progress.findings()).as("this round began before it was found").isNotEmpty();
    toTheEndOfTheRound();
    assertThat(progress.findings()).isEmpty();
  }

  /// An account with 120 lines, in steps of 20 rows: six steps at least, and the wrong line is in the middle.
  @Test
  void accountIsLookedAtInManySteps() {
    UUID a = account("alice", 1_000);
    UUID b = account("bob", 0);
    for (int i = 0; i < 120; i++) {
      assertThat(transfer(alice(), UUID.randomUUID(), a, b, 1).status()).isEqualTo(201);
    }
    RollingAudit small = of(20, any -> clock.instant());
    int parts = 0;
    long round = round().round();
    while (round().round() == round) {
      small.runOnce();
      if (round().place().startsWith(b + " 0")) {
        parts++;
        assertThat(round().creditsMinor().longValueExact())
            .as("the sum so far")
            .isEqualTo(Long.parseLong(round().place().substring(37)));
      }
    }
    assertThat(parts).isGreaterThanOrEqualTo(5);
    assertThat(progress.findings()).isEmpty();

    String spoil =
        "SET session_replication_role = replica; UPDATE account_line SET balance_after_minor ="
            + " balance_after_minor %s 1 WHERE account_id = '%s' AND seq = 60";
    superuser(spoil.formatted("+", b));
    toTheEndOfTheRound(small);
    assertThat(progress.findings().get("I5")).contains(b + " line 60", b + " line 61");
    superuser(spoil.formatted("-", b));
    while (round().place().compareTo(b.toString()) < 0) {
      small.runOnce();
    }
    while (round().walk() == Walk.LINES && round().place().compareTo(b + " ~") < 0) {
      small.runOnce();
    }
    assertThat(progress.findings()).isEmpty();
  }

  @Test
  void stepThatCrashesIsMadeAgain() {
    RollingAudit crashes =
        of(
            20,
            any -> {
              throw new IllegalStateException("crash");
            });
    audit.runOnce();
    Round before = round();

    assertThatThrownBy(crashes::runOnce).hasMessage("crash");
    assertThat(round()).isEqualTo(before);
    of(20, any -> clock.instant()).runOnce();
    assertThat(round().steps()).isEqualTo(before.steps() + 1);
  }

  /// The connection ends when the step has written what it found and moves its place.
  @Test
  void stepWhoseConnectionEndsLeavesNothing() {
    UUID b = account("bob", 100);
    superuser("UPDATE account SET line_count = line_count + 1 WHERE id = '%s'".formatted(b));
    RollingAudit whole = of(1_000_000, any -> clock.instant());
    Round before = round();
    superuser(
        """
        CREATE FUNCTION planted() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$;
        CREATE TRIGGER planted BEFORE UPDATE ON audit_round
          FOR EACH ROW EXECUTE FUNCTION planted()
        """);
    try {
      assertThatThrownBy(whole::runOnce)
          .isInstanceOfAny(DataAccessException.class, TransactionException.class);
    } finally {
      superuser("DROP FUNCTION planted CASCADE");
    }
    assertThat(round()).isEqualTo(before);
    assertThat(progress.findings()).isEmpty();

    whole.runOnce();
    assertThat(progress.findings()).containsEntry("I5b", List.of(b.toString()));
    superuser("UPDATE account SET line_count = line_count - 1 WHERE id = '%s'".formatted(b));
    toTheEndOfTheRound();
    toTheEndOfTheRound();
    assertThat(progress.findings()).isEmpty();
  }

  @Test
  void oneOfTwoInstancesMakesAStep() throws Exception {
    try (Connection other = Postgres.superuser("ledger");
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("SELECT * FROM audit_round FOR UPDATE");
      assertThat(audit.runOnce()).as("the other one makes a step").isEmpty();
      other.rollback();
    }
    RollingAudit one = of(20, any -> clock.instant());
    RollingAudit two = of(20, any -> clock.instant());
    long stepsBefore = round().steps();
    long made = 0;
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      for (int i = 0; i < 40; i++) {
        List<Callable<Optional<Long>>> both = List.of(() -> tried(one), () -> tried(two));
        for (Future<Optional<Long>> step : threads.invokeAll(both)) {
          made += step.get().isPresent() ? 1 : 0;
        }
      }
    }
    assertThat(round().steps() - stepsBefore).isEqualTo(made).isGreaterThanOrEqualTo(40);
    assertThat(progress.findings()).isEmpty();
  }

  @Test
  void movingMoneyMakesNoFinding() throws Exception {
    UUID a = account("alice", 10_000);
    UUID b = account("bob", 0);
    try (ExecutorService payers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> paying = new ArrayList<>();
      for (int payer = 0; payer < 4; payer++) {
        paying.add(
            payers.submit(
                () -> {
                  for (int i = 0; i < 60; i++) {
                    transfer(alice(), UUID.randomUUID(), a, b, 1);
                  }
                }));
      }
      RollingAudit small = of(60, any -> clock.instant());
      while (!paying.stream().allMatch(Future::isDone)) {
        small.runOnce();
        assertThat(progress.findings()).isEmpty();
      }
      for (Future<?> each : paying) {
        each.get();
      }
    }
    assertThat(balanceMinor(b)).isEqualTo(240);
    toTheEndOfTheRound();
    assertThat(progress.findings()).isEmpty();
  }

  /// No ledger ran for two hours, in which a transfer expired: it is late only when a ledger that runs has
  /// had the time to give it up.
  @Test
  void downtimeMakesNothingLate() {
    UUID a = account("alice", 9_000);
    UUID b = account("bob", 0);
    UUID waits = UUID.randomUUID();
    FRAUD.become(Mood.FAILS);
    assertThat(transfer(alice(), waits, a, b, 6_000).status()).isEqualTo(202);
    String until =
        value(
            String.class, "SELECT expires_at::text FROM transfer WHERE id = ?", transferOf(waits));
    String expire = "UPDATE transfer SET expires_at = %s WHERE id = '" + transferOf(waits) + "'";
    superuser(expire.formatted("now() - interval '1 hour'"));
    superuser(
        "UPDATE audit_place SET alive_at = now() - interval '2 hours', excused_until = '-infinity'");
    try {
      continuous.afterSingletonsInstantiated();
      continuous.runOnce();
      toTheEndOfTheRound();
      assertThat(progress.findings()).isEmpty();
      assertThat(checks.run().passed()).as("a full scan").isTrue();

      // As much later, and still not given up.
      superuser("UPDATE audit_place SET excused_until = now() - interval '61 seconds'");
      continuous.runOnce();
      toTheEndOfTheRound();
      assertThat(progress.findings()).containsEntry("I8", List.of(transferOf(waits).toString()));
    } finally {
      superuser(expire.formatted("'" + until + "'"));
    }
    toTheEndOfTheRound();
    assertThat(progress.findings()).isEmpty();
  }

  /// A ledger that restarts while it catches up after a long downtime keeps the time that it has for it.
  @Test
  void shortRestartKeepsTheTimeToCatchUp() {
    superuser(
        "UPDATE audit_place SET alive_at = now() - interval '11 seconds',"
            + " excused_until = now() + interval '1 hour'");
    try {
      continuous.afterSingletonsInstantiated();
      assertThat(
              value(
                  Boolean.class,
                  "SELECT excused_until > now() + interval '50 minutes' FROM audit_place"))
          .isTrue();
    } finally {
      superuser("UPDATE audit_place SET excused_until = '-infinity'");
    }
  }

  /// Of an unscreened transfer the window counts, and not what its account ever moved.
  @Test
  void unscreenedTransferReadsItsWindowOnly() throws SQLException {
    clock.set(startOfNextHour());
    UUID a = account("alice", 1_000);
    UUID b = account("bob", 0);
    for (int i = 0; i < 100; i++) {
      transfer(alice(), UUID.randomUUID(), a, b, 1);
    }
    FRAUD.become(Mood.FAILS);
    UUID unscreened = UUID.randomUUID();
    assertThat(transfer(alice(), unscreened, a, b, 10).status()).isEqualTo(201);
    superuser("ANALYZE");
    try (Connection connection = Postgres.superuser("ledger");
        Statement statement = connection.createStatement()) {
      statement.execute("SET enable_seqscan = off");
      String plan =
          explained(
              statement,
              checks
                  .partQuery("I26")
                  .replace(":now", "now()")
                  .replace(":transfers", "'{" + transferOf(unscreened) + "}'")
                  .replace(":liveMax", "10")
                  .replace(":after", "0")
                  .replace(":upTo", "0")
                  .replaceAll("(?<!:):[a-zA-Z]+", "'{}'"));
      assertThat(plan)
          .contains("transfer_by_allowance", "transfer_with_legs_by_allowance")
          .doesNotContain("Seq Scan on transfer", "transfer_by_debit_account")
          .doesNotContainPattern("Rows Removed by Filter: [1-9][0-9]");
    }
  }

  /// Among 30,000 rows of each table a step of 200 reads a few thousand, none by a scan, in every walk.
  @Test
  void stepReadsNoTableWhole() throws SQLException {
    try (Connection superuser = Postgres.superuser("ledger");
        Statement statement = superuser.createStatement()) {
      superuser.setAutoCommit(false);
      statement.execute(AuditRunIT.MANY_ROWS);
      JdbcClient here = JdbcClient.create(new SingleConnectionDataSource(superuser, true));
      RollingAudit steps = RoundOf.audit(checks, here, clock, 200);
      String read =
          """
          SELECT sum(%s) FROM pg_stat_xact_user_tables
          WHERE schemaname = 'public' AND relname NOT LIKE 'audit%%'
          """;
      for (Walk walk : Walk.values()) {
        here.sql("UPDATE audit_round SET place = '', walk = " + walk.number()).update();
        for (int step = 0; step < 3; step++) {
          long scanned = here.sql(read.formatted("seq_tup_read")).query(Long.class).single();
          long fetched = here.sql(read.formatted("idx_tup_fetch")).query(Long.class).single();
          steps.runOnce();
          assertThat(here.sql(read.formatted("seq_tup_read")).query(Long.class).single() - scanned)
              .as("scanned by " + walk)
              .isZero();
          long rows =
              here.sql(read.formatted("idx_tup_fetch")).query(Long.class).single() - fetched;
          System.out.println(walk + " step " + step + " read " + rows + " rows");
          assertThat(rows).as("read by " + walk).isLessThan(30_000);
        }
        assertThat(AuditProgress.round(here).walk())
            .as("has more than three steps")
            .isEqualTo(walk);
      }
      superuser.rollback();
    }
  }

  /// One account with 20,000 transfers, half of them of legs, and one window in which it used its allowance.
  @Test
  void allowanceIsCheckedWithoutTheAccountsHistory() throws SQLException {
    String account = UUID.randomUUID().toString();
    try (Connection superuser = Postgres.superuser("ledger");
        Statement statement = superuser.createStatement()) {
      superuser.setAutoCommit(false);
      statement.execute(
          """
          SET LOCAL session_replication_role = replica;
          CREATE TEMP TABLE n ON COMMIT DROP AS
            SELECT n, gen_random_uuid() AS id FROM generate_series(1, 20000) n;
          INSERT INTO transfer (id, initiator, by_operator, status, screening, debit_account_id,
              credit_account_id, amount_minor, captured_minor, currency, leg_count, created_at,
              expires_at, finished_at)
            SELECT id, 'x', true, 'POSTED', 'APPROVED', '{a}', '{b}', 10, 10, 'EUR', 1 + n % 2, now(),
              now(), now() FROM n;
          INSERT INTO transfer_leg (transfer_id, leg, debit_account_id, credit_account_id,
              amount_minor, created_at)
            SELECT id, 1 + leg, '{a}', '{b}', 5, now() FROM n, generate_series(0, n % 2) leg;
          INSERT INTO offline_allowance VALUES ('{a}', now(), 10, 100);
          ANALYZE transfer; ANALYZE transfer_leg;
          """
              .replace("{a}", account)
              .replace("{b}", EXTERNAL_EUR.toString()));
      JdbcClient here = JdbcClient.create(new SingleConnectionDataSource(superuser, true));
      AuditWindow seen =
          AuditWindow.allowances(
              here.sql(
                      "SELECT account_id, window_start FROM offline_allowance WHERE account_id = ?")
                  .param(UUID.fromString(account))
                  .query(
                      (row, n) ->
                          new AuditWindow.Allowance(
                              row.getObject("account_id", UUID.class),
                              row.getObject("window_start", OffsetDateTime.class)))
                  .list());
      String read =
          """
          SELECT sum(seq_tup_read + idx_tup_fetch) FROM pg_stat_xact_user_tables
          WHERE relname IN ('transfer', 'transfer_leg')
          """;
      long before = here.sql(read).query(Long.class).single();

      assertThat(checks.run(here, seen, Walk.ALLOWANCES.parts()).get("I26"))
          .containsExactly(account);

      assertThat(here.sql(read).query(Long.class).single() - before).isLessThan(1_000);
      superuser.rollback();
    }
  }

  /// All statements of a scan share one time; here a second, in which none comes past a locked table.
  @Test
  void fullScanThatDoesNotEndSaysSo() throws SQLException {
    TransactionTemplate second = new TransactionTemplate(transactions);
    second.setTimeout(1);
    try (Connection other = Postgres.superuser("ledger");
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("LOCK TABLE journal_entry IN ACCESS EXCLUSIVE MODE");
      assertThatThrownBy(
              () -> second.execute(tx -> fullScan.run(Deadline.after(Duration.ofSeconds(30)))))
          .isInstanceOfSatisfying(
              ProblemException.class,
              problem -> {
                assertThat(problem.getMessage()).isEqualTo("temporary-reduced-capacity");
                assertThat(problem.problem().detail()).contains("mode=CONTINUOUS");
              });
      other.rollback();
    }
    assertThat(get("/v1/operator/checks", operator()).status()).as("the next one").isEqualTo(200);
  }

  @Test
  void progressIsMeasured() {
    double rounds = registry.get("ledger.audit.rounds").gauge().value();
    Instant began = clock.instant();
    clock.advance(Duration.ofSeconds(5));
    toTheEndOfTheRound();
    assertThat(registry.get("ledger.audit.rounds").gauge().value()).isEqualTo(rounds + 1);
    assertThat(registry.get("ledger.audit.walk").gauge().value()).isZero();
    clock.advance(Duration.ofSeconds(7));
    assertThat(
            registry
                .get("ledger.audit.round.age")
                .timeGauge()
                .value(java.util.concurrent.TimeUnit.SECONDS))
        .isGreaterThanOrEqualTo(12);
    JsonNode view = operatorsView();
    assertThat(Instant.parse(view.get("roundSince").asString())).isBeforeOrEqualTo(began);
    assertThat(view.get("counted").get("rounds").asLong()).isEqualTo((long) rounds + 1);
    assertThat(view.get("counted").get("steps").asLong()).isPositive();
  }

  private static Optional<Long> tried(RollingAudit audit) {
    try {
      return audit.runOnce();
    } catch (ConcurrencyFailureException e) {
      return Optional.empty();
    }
  }

  private RollingAudit of(int rows, DatabaseClock time) {
    return new RollingAudit(
        checks, progress, metrics, RoundOf.properties(rows), sql, transactions, time);
  }

  private Round round() {
    return AuditProgress.round(sql);
  }

  private void toTheEndOfTheRound() {
    toTheEndOfTheRound(audit);
  }

  private void toTheEndOfTheRound(RollingAudit steps) {
    long round = round().round();
    while (round().round() == round) {
      steps.runOnce();
    }
  }

  private void stepUntil(Walk walk) {
    while (round().walk() != walk) {
      audit.runOnce();
    }
  }

  private JsonNode operatorsView() {
    return get("/v1/operator/checks?mode=CONTINUOUS", operator()).json();
  }
}
