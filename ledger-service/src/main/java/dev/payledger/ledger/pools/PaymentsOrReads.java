package dev.payledger.ledger.pools;

import dev.payledger.ledger.request.TimeLeft;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/// Connections of the pool for payments, or, while the thread works for a request that only reads, of
/// the pool for reads. PostgreSQL cancels a statement of those at the request's deadline: nobody waits
/// for its result, and others wait for the connection.
final class PaymentsOrReads extends DelegatingDataSource {
  private static final ThreadLocal<@Nullable TimeLeft> READ = new ThreadLocal<>();

  /// Deadlines are rounded down to it, so that most connections have the right one already and are
  /// spared a round trip.
  private static final long STEP_MS = 500;

  /// Who waited until the deadline, as with `waitMs`, still has to look once.
  private static final long LEAST_MS = 250;

  private final DataSource reads;
  private final Map<PGConnection, Long> timeoutsMs =
      Collections.synchronizedMap(new WeakHashMap<>());

  PaymentsOrReads(DataSource payments, DataSource reads) {
    super(payments);
    this.reads = reads;
  }

  /// From here on this thread only reads, until `endRead`.
  static void beginRead(TimeLeft timeLeft) {
    READ.set(timeLeft);
  }

  static void endRead() {
    READ.remove();
  }

  @Override
  public Connection getConnection() throws SQLException {
    TimeLeft timeLeft = READ.get();
    return timeLeft == null ? super.getConnection() : readUntil(timeLeft);
  }

  private Connection readUntil(TimeLeft timeLeft) throws SQLException {
    Connection connection = reads.getConnection();
    try {
      limit(connection, timeLeft.toDuration().toMillis());
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  private void limit(Connection connection, long leftMs) throws SQLException {
    long timeoutMs = leftMs < 2 * STEP_MS ? Math.max(LEAST_MS, leftMs) : leftMs / STEP_MS * STEP_MS;
    PGConnection physical = connection.unwrap(PGConnection.class);
    Long has = timeoutsMs.get(physical);
    if (has == null || has != timeoutMs) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("SET statement_timeout = " + timeoutMs);
      }
      timeoutsMs.put(physical, timeoutMs);
    }
  }
}
