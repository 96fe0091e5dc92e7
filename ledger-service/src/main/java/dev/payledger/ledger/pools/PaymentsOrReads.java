package dev.payledger.ledger.pools;

import dev.payledger.kit.deadline.Deadline;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.WeakHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/// Connections of the pool for payments, or, while the thread works for a request that only reads, of
/// the pool for reads, of which each caller has a share. PostgreSQL cancels a statement of those at the
/// request's deadline: nobody waits for its result, and others wait for the connection.
final class PaymentsOrReads extends DelegatingDataSource {
  private static final ThreadLocal<@Nullable Read> READ = new ThreadLocal<>();

  /// Deadlines are rounded down to it, so that most connections have the right one already and are
  /// spared a round trip.
  private static final long STEP_MS = 500;

  /// Who waited until the deadline, as with `waitMs`, still has to look once.
  private static final long LEAST_MS = 250;

  private final DataSource reads;
  private final ReadShares shares;
  private final Map<PGConnection, Long> timeoutsMs =
      Collections.synchronizedMap(new WeakHashMap<>());

  /// A request that only reads.
  private record Read(String caller, Deadline deadline) {}

  PaymentsOrReads(DataSource payments, DataSource reads, ReadShares shares) {
    super(payments);
    this.reads = reads;
    this.shares = shares;
  }

  /// From here on this thread only reads, until `endRead`.
  static void beginRead(String caller, Deadline deadline) {
    READ.set(new Read(caller, deadline));
  }

  static void endRead() {
    READ.remove();
  }

  @Override
  public Connection getConnection() throws SQLException {
    Read read = READ.get();
    return read == null ? super.getConnection() : withinShare(read);
  }

  private Connection withinShare(Read read) throws SQLException {
    try {
      if (!shares.take(read.caller(), read.deadline().remaining())) {
        throw new SQLTransientConnectionException("the caller's other reads took all of its time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SQLTransientConnectionException("interrupted", e);
    }
    boolean isTaken = false;
    try {
      Connection connection = readUntil(read.deadline());
      isTaken = true;
      return sharing(connection, read.caller());
    } finally {
      if (!isTaken) {
        shares.release(read.caller());
      }
    }
  }

  /// The connection, which gives the caller's share back when it is closed for the first time.
  private Connection sharing(Connection connection, String caller) {
    AtomicBoolean isClosed = new AtomicBoolean();
    return (Connection)
        Proxy.newProxyInstance(
            Connection.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (_, method, arguments) -> {
              try {
                return method.invoke(connection, arguments);
              } catch (InvocationTargetException e) {
                throw Objects.requireNonNull(e.getCause());
              } finally {
                if (method.getName().equals("close") && isClosed.compareAndSet(false, true)) {
                  shares.release(caller);
                }
              }
            });
  }

  private Connection readUntil(Deadline deadline) throws SQLException {
    Connection connection = reads.getConnection();
    try {
      limit(connection, deadline.remaining().toMillis());
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
