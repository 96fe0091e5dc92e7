package dev.payledger.ledger.audit;

import dev.payledger.ledger.journal.DatabaseClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.SimpleTransactionStatus;

/// Rounds of the rolling audit on one connection, in the transaction that is open there.
final class RoundOf {
  private RoundOf() {}

  static RollingAudit audit(Checks checks, JdbcClient sql, Clock clock, int rows) {
    DatabaseClock now = any -> clock.instant().truncatedTo(ChronoUnit.MICROS);
    return new RollingAudit(
        checks,
        new AuditProgress(sql),
        new AuditMetrics(new SimpleMeterRegistry(), checks, sql, now),
        properties(rows),
        sql,
        new OpenTransaction(),
        now);
  }

  static AuditProperties properties(int rows) {
    return new AuditProperties(
        Duration.ofHours(1), 1_000, Duration.ofHours(1), rows, Duration.ofHours(1));
  }

  /// The rest of the round that the books are in, and a whole one.
  ///
  /// @return how many steps it took
  static int run(RollingAudit audit, JdbcClient sql) {
    long until = AuditProgress.round(sql).round() + 2;
    int steps = 0;
    while (AuditProgress.round(sql).round() < until) {
      audit.runOnce();
      steps++;
    }
    return steps;
  }

  private static final class OpenTransaction implements PlatformTransactionManager {
    @Override
    public TransactionStatus getTransaction(TransactionDefinition definition) {
      return new SimpleTransactionStatus();
    }

    @Override
    public void commit(TransactionStatus status) {}

    @Override
    public void rollback(TransactionStatus status) {}
  }
}
