package dev.payledger.bench.contender;

import dev.payledger.bench.contender.Accounts.Pair;
import dev.payledger.bench.contender.Accounts.Spread;
import dev.payledger.bench.load.Step;
import dev.payledger.bench.server.BenchServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/// What one would write by hand: each command a serializable transaction of its own, on a connection
/// of its own, with the rows, indexes, constraints and planner settings of the journal.
public final class RawSqlContender implements Contender {
  /// Serialization failure, deadlock, and a lock that did not come within the role's time-out.
  private static final Set<String> ABORTED_STATES = Set.of("40001", "40P01", "55P03");

  private static final int ATTEMPTS_MAX = 100;
  private static final long BACKOFF_BASE_NANOS = 500_000;
  private static final int BACKOFF_DOUBLINGS_MAX = 5;

  private final Clock clock = Clock.systemUTC();
  private final Acknowledged acknowledged = new Acknowledged();
  private final LongAdder retries = new LongAdder();
  private final LongAdder gaveUp = new LongAdder();
  private final BenchServer server;
  private final String database;
  private final Accounts accounts;

  public RawSqlContender(BenchServer server, String database, Accounts accounts) {
    this.server = server;
    this.database = database;
    this.accounts = accounts;
  }

  @Override
  public String database() {
    return database;
  }

  /// As many callers as connections: more would only wait for one.
  @Override
  public Callers callers(Spread spread, int count) throws Exception {
    List<RawSql> opened = new ArrayList<>();
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      RawSql sql = new RawSql(server.journalRole(database), clock);
      opened.add(sql);
      steps.add(() -> transfer(sql, accounts.pair(spread)));
    }
    return new Callers(
        steps,
        () -> {
          for (RawSql sql : opened) {
            sql.close();
          }
        });
  }

  @Override
  public Map<String, Long> acknowledged() {
    return acknowledged.rows();
  }

  /// Attempts that were aborted, and commands that were given up after the last.
  public Map<String, Long> conflicts() {
    return Map.of("retries", retries.sum(), "gaveUp", gaveUp.sum());
  }

  private int transfer(RawSql sql, Pair pair) throws SQLException {
    UUID transfer = UUID.randomUUID();
    if (!commit(sql, () -> sql.hold(transfer, pair))) {
      return 0;
    }
    acknowledged.holds.increment();
    if (!commit(sql, () -> sql.post(transfer))) {
      return 0;
    }
    acknowledged.posts.increment();
    return 1;
  }

  private interface Work {
    void run() throws SQLException;
  }

  private boolean commit(RawSql sql, Work work) throws SQLException {
    Connection connection = sql.connection();
    for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      try {
        work.run();
        connection.commit();
        return true;
      } catch (SQLException e) {
        connection.rollback();
        if (!ABORTED_STATES.contains(e.getSQLState())) {
          throw e;
        }
        retries.increment();
        // Full jitter: at once is best for a short conflict, later for a crowd.
        long ceiling = BACKOFF_BASE_NANOS << Math.min(attempt, BACKOFF_DOUBLINGS_MAX);
        LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(ceiling));
      }
    }
    gaveUp.increment();
    return false;
  }
}
