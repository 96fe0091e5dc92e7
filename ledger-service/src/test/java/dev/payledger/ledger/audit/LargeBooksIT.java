package dev.payledger.ledger.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.ledger.audit.AuditProgress.Round;
import dev.payledger.ledger.journal.DatabaseClock;
import dev.payledger.ledger.journal.ScratchDatabase;
import dev.payledger.testkit.Measures;
import dev.payledger.testkit.Postgres;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;

/// Books with 5 million lines, of which one account has half: the rolling audit comes round in steps that
/// stay small, and finds what is wrong in the middle of that account.
@Measures
class LargeBooksIT {
  private static final int LINES = Integer.getInteger("lines", 5_000_000);
  private static final int ENTRIES = LINES / 2;
  private static final int OTHERS = ENTRIES / 1_000;
  private static final int ROWS = 2_000;

  /// Far beyond what a step takes; a scan of these books takes longer.
  private static final Duration STEP_MAX = Duration.ofSeconds(5);

  private static final String BIG = "b0000000-0000-7000-8000-000000000000";

  /// Each transfer debits the big account for 50 legs of 1 and credits the others in turn.
  private static final String BOOKS =
      """
      SET session_replication_role = replica; SET synchronous_commit = off; SET work_mem = '64MB';
      INSERT INTO account (id, owner, name, currency, kind, floor_minor, opened_at, line_count,
          debits_posted_minor, last_posted_at)
        VALUES ('{big}', 'system', 'Big', 'EUR', 'SYSTEM', NULL, now(), {entries}, {entries}, now());
      INSERT INTO account (id, owner, name, currency, opened_at, line_count, credits_posted_minor,
          last_posted_at)
        SELECT {other}, 'owner ' || n, 'x', 'EUR', now(), 1000, 1000, now()
        FROM generate_series(0, {others} - 1) n;
      INSERT INTO command (id, operation, fingerprint, outcome, decided_at)
        SELECT {transfer}, 'create-transfer', sha256('x'), 'ACCEPTED', now()
        FROM generate_series(0, {entries} / 50 - 1) n;
      INSERT INTO transfer (id, initiator, by_operator, status, screening, debit_account_id,
          credit_account_id, amount_minor, captured_minor, currency, leg_count, event_count, created_at,
          expires_at, finished_at)
        SELECT {transfer}, 'x', true, 'POSTED', 'APPROVED', '{big}', {first}, 50, 50, 'EUR', 50, 1,
          now(), now(), now() FROM generate_series(0, {entries} / 50 - 1) n;
      INSERT INTO hold SELECT {transfer}, '{big}', 50, 50, 'CAPTURED', now(), now()
        FROM generate_series(0, {entries} / 50 - 1) n;
      INSERT INTO outbox (id, aggregate_type, aggregate_id, aggregate_seq, type, version, payload,
          created_at)
        SELECT {transfer}, 'transfer', {transfer}, 1, 'x', 1, '{}', now()
        FROM generate_series(0, {entries} / 50 - 1) n;
      INSERT INTO transfer_leg (transfer_id, leg, debit_account_id, credit_account_id, amount_minor,
          created_at)
        SELECT {transfer of n}, n % 50 + 1, '{big}', {other of n}, 1, now()
        FROM generate_series(0, {entries} - 1) n;
      INSERT INTO journal_entry SELECT {entry}, {transfer of n}, n % 50 + 1, '{big}', {other of n}, 1,
        'EUR', now() FROM generate_series(0, {entries} - 1) n;
      INSERT INTO account_line SELECT '{big}', n + 1, {entry}, 'DEBIT', -(n + 1)
        FROM generate_series(0, {entries} - 1) n;
      INSERT INTO account_line SELECT {other of n}, n / {others} + 1, {entry}, 'CREDIT', n / {others} + 1
        FROM generate_series(0, {entries} - 1) n;
      INSERT INTO outbox (id, aggregate_type, aggregate_id, aggregate_seq, type, version, payload,
          created_at)
        SELECT entry_id, 'account-entry', account_id, seq, 'x', 1,
          ('{"balanceAfterMinor":' || balance_after_minor || '}')::jsonb, now() FROM account_line;
      ANALYZE;
      """
          .replace("{other}", uuid("a", "n"))
          .replace("{first}", uuid("a", "((n * 50) % {others})"))
          .replace("{other of n}", uuid("a", "(n % {others})"))
          .replace("{transfer}", uuid("c", "n"))
          .replace("{transfer of n}", uuid("c", "(n / 50)"))
          .replace("{entry}", uuid("d", "n"))
          .replace("{big}", BIG)
          .replace("{entries}", String.valueOf(ENTRIES))
          .replace("{others}", String.valueOf(OTHERS));

  private static String uuid(String prefix, String number) {
    return "('"
        + prefix
        + "0000000-0000-8000-8000-' || lpad(to_hex("
        + number
        + "), 12, '0'))::uuid";
  }

  @Test
  void roundOverMillionsOfLinesTakesBoundedSteps() throws SQLException {
    try (ScratchDatabase database = new ScratchDatabase("large_books")) {
      database.migrate();
      long began = System.nanoTime();
      try (Connection superuser = Postgres.superuser(database.name());
          Statement statement = superuser.createStatement()) {
        for (String insert : BOOKS.split(";\n", -1)) {
          statement.execute(insert);
        }
      }
      System.out.printf("%,d lines written in %s%n", LINES, since(began));
      String spoil =
          "SET session_replication_role = replica; UPDATE account_line SET balance_after_minor ="
              + " balance_after_minor %s 1 WHERE account_id = '"
              + BIG
              + "' AND seq = "
              + ENTRIES / 2;
      database.superuser(spoil.formatted("+"));

      Books books = new Books(database);
      books.round();
      assertThat(books.findings())
          .containsOnlyKeys("I5", "I11")
          .containsEntry(
              "I5", List.of(BIG + " line " + ENTRIES / 2, BIG + " line " + (ENTRIES / 2 + 1)));

      database.superuser(spoil.formatted("-"));
      books.round();
      assertThat(books.findings()).isEmpty();
      books.close();
    }
  }

  private static String since(long began) {
    return Duration.ofNanos(System.nanoTime() - began).toSeconds() + " s";
  }

  /// The auditor over these books, on a connection of the application's role.
  private static final class Books implements AutoCloseable {
    private final SingleConnectionDataSource connection;
    private final JdbcClient sql;
    private final RollingAudit audit;

    Books(ScratchDatabase database) {
      connection =
          new SingleConnectionDataSource(database.url(), "ledger_app", "ledger-app-demo", true);
      sql = JdbcClient.create(connection);
      DatabaseClock clock = DatabaseClock.ofTheServer();
      Checks checks = new Checks(sql, clock);
      audit =
          new RollingAudit(
              checks,
              new AuditProgress(sql),
              new AuditMetrics(new SimpleMeterRegistry(), checks, sql, clock),
              RoundOf.properties(ROWS),
              sql,
              new JdbcTransactionManager(connection),
              clock);
    }

    void round() {
      long began = System.nanoTime();
      long round = AuditProgress.round(sql).round();
      Map<Walk, List<Duration>> steps = new EnumMap<>(Walk.class);
      for (Round at = AuditProgress.round(sql);
          at.round() == round;
          at = AuditProgress.round(sql)) {
        long stepBegan = System.nanoTime();
        assertThat(audit.runOnce().orElseThrow()).as("rows").isLessThan(ROWS + 250L);
        Duration took = Duration.ofNanos(System.nanoTime() - stepBegan);
        steps.computeIfAbsent(at.walk(), walk -> new ArrayList<>()).add(took);
        assertThat(took).as("a step of " + at.walk()).isLessThan(STEP_MAX);
      }
      steps.forEach(
          (walk, took) -> {
            Collections.sort(took);
            System.out.printf(
                "%s: %,d steps, median %d ms, 99 %% %d ms, longest %d ms%n",
                walk,
                took.size(),
                took.get(took.size() / 2).toMillis(),
                took.get(took.size() * 99 / 100).toMillis(),
                took.getLast().toMillis());
          });
      System.out.printf("round in %s%n", since(began));
      assertThat(steps.get(Walk.LINES)).hasSizeGreaterThanOrEqualTo(LINES / ROWS);
    }

    Map<String, List<String>> findings() {
      return AuditProgress.findings(sql);
    }

    @Override
    public void close() {
      connection.destroy();
    }
  }
}
