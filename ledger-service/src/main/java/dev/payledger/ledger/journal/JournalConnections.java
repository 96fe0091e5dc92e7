package dev.payledger.ledger.journal;

import com.zaxxer.hikari.HikariDataSource;
import dev.payledger.kit.groupcommit.CommitOutcome;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.time.Duration;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.stereotype.Component;

/// Owns the journal's connections and their commits: the only place that begins or commits a
/// transaction on money, and the one that knows how it ended.
@Component
class JournalConnections {
  private static final Logger log = LoggerFactory.getLogger(JournalConnections.class);

  /// Certainly rolled back, and worth another attempt: serialization failure, deadlock, and a session
  /// that our own process left idle too long in its transaction.
  private static final Set<String> ABORTED_STATES = Set.of("40001", "40P01", "25P03");

  /// Certainly rolled back, and as slow the next time: lock not available, transaction time-out of our
  /// role, statement cancelled.
  private static final Set<String> BLOCKED_STATES = Set.of("55P03", "25P04", "57014");

  /// Time-outs that end the connection. Once COMMIT was sent they tell nothing: the server may act on
  /// one just after it has committed.
  private static final Set<String> ENDS_CONNECTION_STATES = Set.of("25P03", "25P04");

  /// Two first attempts of one command may both find no row and race to insert it: the loser's next
  /// attempt finds it. Any other duplicate is a defect.
  private static final String COMMAND_KEY = "command_pkey";

  /// The writer lock of all ledger instances on this database: a session's advisory lock, acquired before
  /// the transaction begins, so that the snapshot follows the wait. Without it a second instance on a
  /// hot account finds its snapshot stale each time. For throughput only: a lock that is not acquired in
  /// half a second is not waited for any longer, and for a while none is: its holder may be frozen. Sent
  /// as one string; when the lock is not acquired, the first SET is rolled back with it.
  private static final String ACQUIRE_WRITER_LOCK =
      """
      SET lock_timeout = '500ms';
      SELECT pg_advisory_lock(7253) IS NOT NULL;
      RESET lock_timeout""";

  private static final String TRY_WRITER_LOCK = "SELECT pg_try_advisory_lock(7253)";

  private static final String RELEASE_WRITER_LOCK = "SELECT pg_advisory_unlock(7253)";

  private static final Duration LOCK_BACKOFF = Duration.ofSeconds(10);

  private final HikariDataSource connections;

  /// On the monotonic clock.
  private volatile long lockBackoffUntil = System.nanoTime();

  JournalConnections(@Qualifier("journal") HikariDataSource connections) {
    this.connections = connections;
  }

  /// Runs the work in one serializable transaction of its own.
  ///
  /// @throws JournalDefect for any SQL error that another attempt would not mend
  <T> CommitOutcome<T> attempt(Function<JournalTransaction, T> work) {
    return attempt(work, false);
  }

  /// The same under the writer lock, so that one instance writes at a time.
  <T> CommitOutcome<T> attemptAsWriter(Function<JournalTransaction, T> work) {
    return attempt(work, true);
  }

  private <T> CommitOutcome<T> attempt(Function<JournalTransaction, T> work, boolean isWriter) {
    Connection connection;
    try {
      connection = connections.getConnection();
    } catch (SQLException e) {
      // Also the pool's way to say that it is exhausted. Nothing was sent.
      return new CommitOutcome.Aborted<>(e);
    }
    try (connection) {
      boolean isLocked = isWriter && acquireWriterLock(connection);
      try {
        return attempt(connection, work);
      } finally {
        if (isLocked) {
          releaseWriterLock(connection);
        }
      }
    } catch (SQLException e) {
      // Closing failed; `attempt` has already returned or thrown what matters.
      return new CommitOutcome.Unknown<>(e);
    }
  }

  private boolean acquireWriterLock(Connection connection) {
    boolean waits = System.nanoTime() - lockBackoffUntil >= 0;
    try {
      return execute(connection, waits ? ACQUIRE_WRITER_LOCK : TRY_WRITER_LOCK);
    } catch (SQLException e) {
      log.warn("no writer lock within its time-out, continuing without: {}", e.toString());
      lockBackoffUntil = System.nanoTime() + LOCK_BACKOFF.toNanos();
      return false;
    }
  }

  private void releaseWriterLock(Connection connection) {
    try {
      execute(connection, RELEASE_WRITER_LOCK);
    } catch (SQLException e) {
      // The server frees the lock with the session; no other batch may run in this one.
      log.debug("the writer lock ends with its connection", e);
      connections.evictConnection(connection);
    }
  }

  /// Outside any transaction.
  private static boolean execute(Connection connection, String sql) throws SQLException {
    connection.setAutoCommit(true);
    try (Statement statement = connection.createStatement()) {
      boolean isRow = statement.execute(sql);
      while (!isRow && statement.getUpdateCount() >= 0) {
        isRow = statement.getMoreResults();
      }
      try (var row = statement.getResultSet()) {
        row.next();
        return row.getBoolean(1);
      }
    } finally {
      connection.setAutoCommit(false);
    }
  }

  private static <T> CommitOutcome<T> attempt(
      Connection connection, Function<JournalTransaction, T> work) {
    T value;
    try {
      connection.clearWarnings();
      value = work.apply(JournalTransaction.on(connection));
    } catch (SQLException e) {
      return beforeCommit(connection, e, e);
    } catch (RuntimeException e) {
      return beforeCommit(connection, e, sqlCause(e));
    }
    try {
      connection.commit();
      // "canceling wait for synchronous replication" arrives as a warning on a successful COMMIT:
      // the row is on one machine only, and a failover may forget it. No warning is harmless here.
      SQLWarning warning = connection.getWarnings();
      return warning == null
          ? new CommitOutcome.Committed<>(value)
          : new CommitOutcome.Unknown<>(warning);
    } catch (SQLException e) {
      CommitOutcome<T> rolledBack =
          ENDS_CONNECTION_STATES.contains(state(e)) ? null : rolledBack(e);
      return rolledBack == null ? new CommitOutcome.Unknown<>(e) : rolledBack;
    }
  }

  private static <T> CommitOutcome<T> beforeCommit(
      Connection connection, Exception thrown, @Nullable SQLException e) {
    try {
      connection.rollback();
    } catch (SQLException rollback) {
      thrown.addSuppressed(rollback);
    }
    if (e == null) {
      throw thrown instanceof RuntimeException runtime ? runtime : new JournalDefect(thrown);
    }
    CommitOutcome<T> rolledBack = rolledBack(e);
    if (rolledBack != null) {
      return rolledBack;
    }
    // COMMIT was not sent yet, so a lost connection (08, 57P0x) means that nothing was written.
    String state = state(e);
    if (state.startsWith("08") || state.startsWith("57P0")) {
      return new CommitOutcome.Aborted<>(e);
    }
    throw new JournalDefect(e);
  }

  /// Null when the server did not say that it rolled back for a reason that may pass.
  private static <T> @Nullable CommitOutcome<T> rolledBack(SQLException e) {
    String state = state(e);
    if (ABORTED_STATES.contains(state) || (state.equals("23505") && isRaceOfOneCommand(e))) {
      return new CommitOutcome.Aborted<>(e);
    }
    return BLOCKED_STATES.contains(state) ? new CommitOutcome.Blocked<>(e) : null;
  }

  private static boolean isRaceOfOneCommand(SQLException e) {
    return e instanceof PSQLException server
        && server.getServerErrorMessage() != null
        && COMMAND_KEY.equals(server.getServerErrorMessage().getConstraint());
  }

  private static String state(SQLException e) {
    return e.getSQLState() == null ? "" : e.getSQLState();
  }

  private static @Nullable SQLException sqlCause(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql) {
        return sql;
      }
    }
    return null;
  }
}
