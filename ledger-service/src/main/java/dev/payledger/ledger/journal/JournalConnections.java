package dev.payledger.ledger.journal;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.util.Set;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.stereotype.Component;

/// Owns the journal's connections and their commits: the only place that begins or commits a
/// transaction on money, and the one that knows how it ended.
@Component
class JournalConnections {
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

  private final DataSource connections;

  JournalConnections(@Qualifier("journal") DataSource connections) {
    this.connections = connections;
  }

  /// Runs the work in one serializable transaction of its own.
  ///
  /// @throws JournalDefect for any SQL error that another attempt would not mend
  <T> CommitOutcome<T> attempt(Function<JournalTransaction, T> work) {
    Connection connection;
    try {
      connection = connections.getConnection();
    } catch (SQLException e) {
      // Also the pool's way to say that it is exhausted. Nothing was sent.
      return new CommitOutcome.Aborted<>(e);
    }
    try (connection) {
      return attempt(connection, work);
    } catch (SQLException e) {
      // Closing failed; `attempt` has already returned or thrown what matters.
      return new CommitOutcome.Unknown<>(e);
    }
  }

  private static <T> CommitOutcome<T> attempt(
      Connection connection, Function<JournalTransaction, T> work) {
    T value;
    try {
      connection.setAutoCommit(false);
      connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
      connection.clearWarnings();
      value =
          work.apply(
              new JournalTransaction(
                  JdbcClient.create(new SingleConnectionDataSource(connection, true))));
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
