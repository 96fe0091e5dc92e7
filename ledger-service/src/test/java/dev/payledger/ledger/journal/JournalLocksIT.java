package dev.payledger.ledger.journal;

import static dev.payledger.ledger.journal.JournalInstance.LONG;
import static dev.payledger.ledger.journal.JournalInstance.hold;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.payledger.ledger.command.JournalCommand.HoldFunds;
import dev.payledger.ledger.command.JournalCommand.HoldOutcome;
import dev.payledger.ledger.command.JournalCommand.OfflineAllowance;
import dev.payledger.ledger.command.JournalCommand.PostOutcome;
import dev.payledger.ledger.command.JournalCommand.PostTransfer;
import dev.payledger.testkit.Postgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Rows that another transaction has locked delay the commands that need them, and no other
/// commands.
class JournalLocksIT extends JournalFixture {
  /// What one batch may wait for a row, 250 ms, and for its turn, 500 ms.
  private static final Duration LOCK_WAIT_AND_TURN = Duration.ofMillis(750);

  /// Somebody else locks two accounts against the journal's order.
  @Test
  void aDeadlockIsRiddenOut() throws Exception {
    UUID low = alice.toString().compareTo(bob.toString()) < 0 ? alice : bob;
    UUID high = low.equals(alice) ? bob : alice;
    try (Connection other = locked(high)) {
      Future<HoldOutcome> answer = submit(hold(alice, bob, 1));
      await()
          .pollInterval(Duration.ofMillis(10))
          .until(() -> number("SELECT count(*) FROM pg_locks WHERE NOT granted") > 0);
      try (Statement statement = other.createStatement()) {
        statement.execute("SELECT 1 FROM account WHERE id = '" + low + "' FOR UPDATE");
      } catch (SQLException e) {
        assertThat(e.getSQLState()).as("the other one is the victim").isEqualTo("40P01");
      }
      other.rollback();

      assertThat(answer.get()).isInstanceOf(HoldOutcome.Held.class);
    }
    assertThat(minor("debits_pending_minor", alice)).isEqualTo(1);
  }

  /// It locks the saga first and its foreign key the transfer then, against the journal's order.
  @Test
  void reviewDecisionAndJournalNeverDeadlock() throws Exception {
    HoldFunds held = hold(alice, bob, 1);
    ledger.journal.submit(held, LONG);
    try (Connection review = database.simply("ledger_app")) {
      review.setAutoCommit(false);
      try (Statement statement = review.createStatement()) {
        statement.execute(
            "SELECT 1 FROM saga WHERE transfer_id = '%s' FOR NO KEY UPDATE".formatted(held.id()));
        Future<PostOutcome> post =
            callers.submit(
                () -> ledger.journal.submit(new PostTransfer(held.id(), 1, 1, null), LONG));
        await()
            .pollInterval(Duration.ofMillis(5))
            .until(
                () ->
                    number("SELECT count(*) FROM pg_locks WHERE NOT granted") > 0
                        || ledger.count("ledger.journal.postponed") > 0);
        // Rows that refer to what the journal has locked are no reason to wait for it.
        statement.execute("SET LOCAL lock_timeout = '50ms'");
        statement.execute(
            """
            INSERT INTO review_decision (transfer_id, decision, reason, decided_by, decided_at)
            VALUES ('%s', 'APPROVE', 'known customer', 'operator', now())"""
                .formatted(held.id()));
        review.commit();

        assertThat(post.get()).isEqualTo(new PostOutcome.Posted());
      }
    }
  }

  /// A stranger holds a row of alice's for longer than anybody waits. Transfers on her account are
  /// streamed all the while, and carol's are decided as if nothing were.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT 1 FROM account WHERE id = '%1$s' FOR UPDATE",
        "SELECT 1 FROM transfer WHERE debit_account_id = '%1$s' FOR UPDATE",
        "SELECT 1 FROM saga WHERE transfer_id IN (SELECT id FROM transfer WHERE"
            + " debit_account_id = '%1$s') FOR UPDATE",
        "SELECT 1 FROM hold WHERE account_id = '%1$s' FOR UPDATE",
        "SELECT 1 FROM offline_allowance WHERE account_id = '%1$s' FOR UPDATE",
        "SELECT 1 FROM owner_offline_allowance WHERE owner IN (SELECT owner FROM account WHERE"
            + " id = '%1$s') FOR UPDATE"
      })
  void rowLockOfStrangerKeepsNobodyElse(String lock) throws Exception {
    UUID carol = ledger.open("carol", 1_000);
    OfflineAllowance allowance = new OfflineAllowance(Instant.EPOCH, 1_000, 1_000_000);
    HoldFunds unscreened = hold(alice, bob, 1);
    ledger.journal.submit(unscreened, LONG);
    ledger.journal.submit(new PostTransfer(unscreened.id(), 1, 1, allowance), LONG);
    List<HoldFunds> held = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      held.add(hold(alice, bob, 1));
      ledger.journal.submit(held.getLast(), LONG);
    }
    Duration alone = time(() -> submitOneByOne(50, carol));
    double blocked = ledger.count("ledger.journal.attempts", "end", "blocked");
    List<Future<?>> stuck = new ArrayList<>();
    Duration besideTheStranger;
    try (Connection stranger = locked(lock.formatted(alice))) {
      besideTheStranger =
          time(
              () -> {
                for (HoldFunds each : held) {
                  stuck.add(
                      callers.submit(
                          () ->
                              ledger.journal.submit(
                                  new PostTransfer(each.id(), 1, 1, allowance),
                                  Duration.ofSeconds(30))));
                  submitOneByOne(1, carol);
                }
              });
      assertThat(stuck).noneMatch(Future::isDone);
      stranger.rollback();
    }

    assertThat(ledger.count("ledger.journal.attempts", "end", "blocked") - blocked)
        .as("batches that waited for the stranger in vain, and ended so")
        .isZero();
    assertThat(besideTheStranger)
        .as("fifty of carol's, which took %s without the stranger", alone)
        .isLessThan(alone.multipliedBy(3).plus(LOCK_WAIT_AND_TURN.multipliedBy(4)));
    for (Future<?> each : stuck) {
      assertThat(each.get()).isEqualTo(new PostOutcome.Posted());
    }
  }

  /// Commands that need the row keep coming; only the first of them makes the writer wait.
  @Test
  void lockedRowIsWaitedForOnce() throws Exception {
    UUID carol = ledger.open("carol", 10_000);
    List<Future<?>> stuck = new ArrayList<>();
    Set<String> waits = new HashSet<>();
    try (Connection other =
            locked("SELECT 1 FROM account WHERE id = '%s' FOR UPDATE".formatted(alice));
        Connection watching = Postgres.superuser(database.name())) {
      for (int n = 0; n < 80; n++) {
        long next = System.nanoTime() + Duration.ofMillis(100).toNanos();
        stuck.add(
            callers.submit(
                () -> ledger.journal.submit(hold(alice, bob, 1), Duration.ofSeconds(30))));
        // A wait lasts 250 ms, so several looks see it; it is one by when its statement began.
        do {
          waits.addAll(waitsForRows(watching));
          LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        } while (System.nanoTime() - next < 0);
      }
      submitOneByOne(1, carol);
      other.rollback();
    }

    assertThat(waits)
        .as("waits of the writer; four and more when the row is waited for each second")
        .isNotEmpty()
        .hasSizeLessThanOrEqualTo(2);
    for (Future<?> each : stuck) {
      try {
        each.get();
      } catch (ExecutionException e) {
        assertThat(e).hasCauseInstanceOf(JournalUnavailable.class);
      }
    }
  }

  /// Its turn is a session's lock: it must not outlive the batch, nor be waited for permanently.
  @Test
  void waitForFrozenWriterIsBounded() throws Exception {
    UUID carol = ledger.open("carol", 1_000);
    Duration alone = time(() -> submitOneByOne(10, carol));
    try (Connection frozen = locked(alice);
        Statement statement = frozen.createStatement()) {
      statement.execute("SELECT pg_advisory_lock(7253)");

      assertThat(time(() -> submitOneByOne(10, carol)))
          .as("ten batches, of which one waited for its turn; they took %s without", alone)
          .isLessThan(alone.multipliedBy(2).plus(LOCK_WAIT_AND_TURN.multipliedBy(3)));
      frozen.rollback();
    }
    assertThat(
            number(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database ="
                    + " (SELECT oid FROM pg_database WHERE datname = current_database())"))
        .isZero();
  }

  /// When each statement of the journal began that now waits for a row.
  private static List<String> waitsForRows(Connection superuser) throws SQLException {
    List<String> waits = new ArrayList<>();
    try (Statement statement = superuser.createStatement();
        var row =
            statement.executeQuery(
                """
                SELECT query_start FROM pg_stat_activity WHERE datname = current_database()
                  AND usename = 'ledger_journal' AND wait_event_type = 'Lock'
                  AND wait_event <> 'advisory'
                """)) {
      while (row.next()) {
        waits.add(row.getString(1));
      }
    }
    return waits;
  }

  private void submitOneByOne(int count, UUID debit) {
    for (int i = 0; i < count; i++) {
      assertThat(ledger.journal.submit(hold(debit, bob, 1), LONG))
          .isInstanceOf(HoldOutcome.Held.class);
    }
  }

  private static Duration time(Runnable work) {
    long began = System.nanoTime();
    work.run();
    return Duration.ofNanos(System.nanoTime() - began);
  }

  /// The account's row, locked by somebody else until the rollback.
  private static Connection locked(UUID account) throws SQLException {
    return locked("SELECT 1 FROM account WHERE id = '" + account + "' FOR UPDATE");
  }

  private static Connection locked(String sql) throws SQLException {
    Connection connection = Postgres.superuser(database.name());
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
    return connection;
  }
}
