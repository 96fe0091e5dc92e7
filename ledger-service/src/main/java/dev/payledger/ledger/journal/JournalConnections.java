package dev.payledger.ledger.journal;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.time.Duration;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.stereotype.Component;

/// Owns the journal's connections and their commits: the only place that begins or commits a
/// transaction on money, and the one that knows how it ended.
@Component
class JournalConnections {
  private static final Logger log = LoggerFactory.getLogger(JournalConnections.class);

  /// Certainly rolled back, and worth another attempt: serialization failure, deadlock, lock not
  /// available, transaction and idle time-outs of our role, statement cancelled. 23505 is here
  /// because two first attempts of one command may both find no row and race to insert it: the
  /// loser's next attempt finds it.
  private static final Set<String> ABORTED_STATES =
      Set.of("40001", "40P01", "55P03", "25P03", "25P04", "57014", "23505");

  /// The same once COMMIT was sent, without the time-outs that end the connection: the server may
  /// act on one just after it has committed.
  private static final Set<String> ABORTED_AT_COMMIT_STATES =
      Set.of("40001", "40P01", "55P03", "57014", "23505");

  /// Whose turn it is among all ledger instances on this database: one session's lock, taken before
  /// the transaction begins, so that the snapshot follows the wait. Without it a second instance on a
  /// hot account finds its snapshot stale each time. For throughput only: a turn that does not come
  /// within the role's lock time-out is not waited for any longer, and for a while none is: who has it
  /// may be asleep.
  private static final String TAKE_TURN = "SELECT pg_advisory_lock(7253) IS NOT NULL";

  private static final String TAKE_TURN_IF_FREE = "SELECT pg_try_advisory_lock(7253)";

  private static final String GIVE_TURN_BACK = "SELECT pg_advisory_unlock(7253)";

  private static final Duration WITHOUT_PATIENCE = Duration.ofSeconds(10);

  private final HikariDataSource connections;

  /// On the monotonic clock.
  private volatile long patientFrom = System.nanoTime();

  JournalConnections(@Qualifier("journal") HikariDataSource connections) {
    this.connections = connections;
  }

  /// Runs the work in one serializable transaction of its own.
  ///
  /// @throws JournalDefect for any SQL error that another attempt would not mend
  <T> CommitOutcome<T> attempt(Function<JournalTransaction, T> work) {
    return attempt(work, false);
  }

  /// The same, once no other instance is in its turn.
  <T> CommitOutcome<T> attemptInTurn(Function<JournalTransaction, T> work) {
    return attempt(work, true);
  }

  private <T> CommitOutcome<T> attempt(Function<JournalTransaction, T> work, boolean takesTurn) {
    Connection connection;
    try {
      connection = connections.getConnection();
    } catch (SQLException e) {
      // Also the pool's way to say that it is exhausted. Nothing was sent.
      return new CommitOutcome.Aborted<>(e);
    }
    try (connection) {
      boolean hasTurn = takesTurn && takeTurn(connection);
      try {
        return attempt(connection, work);
      } finally {
        if (hasTurn) {
          giveTurnBack(connection);
        }
      }
    } catch (SQLException e) {
      // Closing failed; `attempt` has already returned or thrown what matters.
      return new CommitOutcome.Unknown<>(e);
    }
  }

  private boolean takeTurn(Connection connection) {
    boolean isPatient = System.nanoTime() - patientFrom >= 0;
    try {
      return execute(connection, isPatient ? TAKE_TURN : TAKE_TURN_IF_FREE);
    } catch (SQLException e) {
      log.warn("no turn within the lock time-out, going on without: {}", e.toString());
      patientFrom = System.nanoTime() + WITHOUT_PATIENCE.toNanos();
      return false;
    }
  }

  private void giveTurnBack(Connection connection) {
    try {
      execute(connection, GIVE_TURN_BACK);
    } catch (SQLException e) {
      // The server frees the lock with the session; no other batch may run in this one.
      log.debug("the turn ends with its connection", e);
      connections.evictConnection(connection);
    }
  }

  /// Outside any transaction.
  private static boolean execute(Connection connection, String sql) throws SQLException {
    connection.setAutoCommit(true);
    try (Statement statement = connection.createStatement();
        var row = statement.executeQuery(sql)) {
      row.next();
      return row.getBoolean(1);
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
      return ABORTED_AT_COMMIT_STATES.contains(state(e))
          ? new CommitOutcome.Aborted<>(e)
          : new CommitOutcome.Unknown<>(e);
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
    // COMMIT was not sent yet, so a lost connection (08, 57P0x) means that nothing was written.
    String state = state(e);
    if (ABORTED_STATES.contains(state) || state.startsWith("08") || state.startsWith("57P0")) {
      return new CommitOutcome.Aborted<>(e);
    }
    throw new JournalDefect(e);
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
