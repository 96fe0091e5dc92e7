package dev.payledger.ledger.journal;

import static dev.payledger.ledger.journal.JournalInstance.LONG;
import static org.awaitility.Awaitility.await;

import dev.payledger.ledger.command.JournalCommand.HoldFunds;
import dev.payledger.ledger.command.JournalCommand.HoldOutcome;
import dev.payledger.testkit.Postgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/// One ledger instance on a database of its own, with accounts of alice and bob, for the tests of
/// what happens to its batches.
abstract class JournalFixture {
  static ScratchDatabase database;
  final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
  JournalInstance ledger;
  UUID alice;
  UUID bob;

  @BeforeAll
  static void createDatabase() {
    database = new ScratchDatabase("journal_faults");
    database.migrate();
    database.noAccountIsBlocked();
  }

  @AfterAll
  static void dropDatabase() {
    database.close();
  }

  @BeforeEach
  void start() {
    ledger = new JournalInstance(database.url());
    alice = ledger.open("alice", 1_000);
    bob = ledger.open("bob");
  }

  @AfterEach
  void stop() {
    callers.shutdownNow();
    ledger.close();
  }

  Future<HoldOutcome> submit(HoldFunds command) {
    return callers.submit(() -> ledger.journal.submit(command, LONG));
  }

  /// Keeps an instance's writer waiting for a connection.
  static final class Pause implements AutoCloseable {
    private final JournalInstance instance;
    private final List<Connection> taken = new ArrayList<>();

    Pause(JournalInstance instance) throws SQLException {
      this.instance = instance;
      for (int i = 0; i < JournalInstance.CONNECTIONS; i++) {
        taken.add(instance.connection());
      }
    }

    /// Until the writer is at work on something.
    void awaitTaken() {
      await().pollInterval(Duration.ofMillis(5)).until(() -> instance.connectionsAwaited() > 0);
    }

    @Override
    public void close() throws SQLException {
      for (Connection each : taken) {
        each.close();
      }
    }
  }

  static long minor(String column, UUID account) {
    return number("SELECT " + column + " FROM account WHERE id = '" + account + "'");
  }

  static long rows(String table, UUID id) {
    return number("SELECT count(*) FROM " + table + " WHERE id = '" + id + "'");
  }

  static long number(String sql) {
    try (Connection connection = Postgres.superuser(database.name());
        Statement statement = connection.createStatement();
        var row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
