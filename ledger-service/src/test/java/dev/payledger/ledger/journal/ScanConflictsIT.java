package dev.payledger.ledger.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/// What a sequential scan costs under SERIALIZABLE. Callers who never touch one another's accounts
/// move money on a table of two dozen rows, which PostgreSQL likes to read whole (`JournalPlansIT`)
/// unless the role's settings keep it from that: the scan locks the whole table, and then everybody
/// conflicts with everybody.
class ScanConflictsIT {
  private static final int CALLERS = 6;
  private static final int TRANSACTIONS_EACH = 100;
  private static final Duration BOUND = Duration.ofMinutes(2);

  private static final String READ =
      """
      SELECT id, credits_posted_minor - debits_posted_minor - debits_pending_minor FROM account
      WHERE id IN (?, ?) ORDER BY id FOR NO KEY UPDATE""";
  private static final String WRITE =
      "UPDATE account SET credits_pending_minor = credits_pending_minor + 1 WHERE id = ?";

  @Test
  void sequentialScansTurnStrangersIntoConflicts() throws Exception {
    try (ScratchDatabase database = new ScratchDatabase("scan_conflicts")) {
      database.migrate();
      database.superuser(
          """
          INSERT INTO account (id, owner, name, currency, opened_at)
          SELECT ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'x', 'x', 'EUR', now()
          FROM generate_series(1, %d) n;
          ANALYZE account;
          """
              .formatted(2 * CALLERS));

      int byIndex = failures(database, "SELECT 1");
      // The other plans off, so that it does not depend on how far the table has grown meanwhile.
      int byScan =
          failures(
              database,
              "SET enable_seqscan = on; SET enable_indexscan = off; SET enable_bitmapscan = off");

      System.out.printf(
          "%d callers, %d transactions each, %d accounts, no account shared: 40001 with index plans"
              + " %d, with sequential scans %d%n",
          CALLERS, TRANSACTIONS_EACH, 2 * CALLERS, byIndex, byScan);
      assertThat(byScan).isGreaterThan(CALLERS * TRANSACTIONS_EACH / 2);
      assertThat(byScan).isGreaterThan(10 * Math.max(1, byIndex));
    }
  }

  /// How often a transaction had to be repeated until all were through.
  private static int failures(ScratchDatabase database, String plans) throws Exception {
    try (ExecutorService callers = Executors.newFixedThreadPool(CALLERS)) {
      List<Callable<Integer>> work = new ArrayList<>();
      for (int caller = 0; caller < CALLERS; caller++) {
        UUID debit = account(2 * caller + 1);
        UUID credit = account(2 * caller + 2);
        work.add(() -> failures(database, plans, debit, credit));
      }
      int failures = 0;
      for (Future<Integer> caller : callers.invokeAll(work)) {
        failures += caller.get();
      }
      return failures;
    }
  }

  private static int failures(ScratchDatabase database, String plans, UUID debit, UUID credit)
      throws SQLException {
    int failures = 0;
    long deadline = System.nanoTime() + BOUND.toNanos();
    try (Connection journal =
            DriverManager.getConnection(database.url(), "ledger_journal", "ledger-journal-demo");
        Statement settings = journal.createStatement()) {
      settings.execute(plans);
      journal.setAutoCommit(false);
      try (PreparedStatement read = journal.prepareStatement(READ);
          PreparedStatement write = journal.prepareStatement(WRITE)) {
        for (int done = 0; done < TRANSACTIONS_EACH; ) {
          assertThat(System.nanoTime()).as("all done within " + BOUND).isLessThan(deadline);
          try {
            read.setObject(1, debit);
            read.setObject(2, credit);
            read.executeQuery().close();
            for (UUID account : List.of(debit, credit)) {
              write.setObject(1, account);
              write.executeUpdate();
            }
            journal.commit();
            done++;
          } catch (SQLException e) {
            assertThat(e.getSQLState()).isEqualTo("40001");
            journal.rollback();
            failures++;
          }
        }
      }
    }
    return failures;
  }

  private static UUID account(int n) {
    return UUID.fromString("00000000-0000-7000-8000-%012d".formatted(n));
  }
}
