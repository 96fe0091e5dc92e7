package dev.payledger.ledger.audit;

import dev.payledger.ledger.audit.AuditProgress.Round;
import dev.payledger.ledger.journal.DatabaseClock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/// The rolling audit: goes through all the books in steps, each of few rows and of one snapshot, and
/// begins again. It finds what no event leads to, and clears what is right again.
///
/// A step is one REPEATABLE READ transaction: it locks the round, looks, and notes what it found and
/// where it ended. A crash loses one step. Two instances never make the same one: an instance that finds the round
/// locked leaves it. Lines are never changed, so the sums of the lines before are those of any snapshot,
/// and an account is compared with them in the snapshot in which its last line is read.
@Component
class RollingAudit {
  private static final Logger log = LoggerFactory.getLogger(RollingAudit.class);

  /// Whatever happens a step ends then; the next one looks at fewer rows.
  private static final int STEP_SECONDS_MAX = 10;

  private static final int ROWS_MIN = 20;

  private final Checks checks;
  private final AuditProgress progress;
  private final AuditMetrics metrics;
  private final AuditProperties properties;
  private final JdbcClient sql;
  private final TransactionTemplate snapshot;
  private final DatabaseClock clock;

  /// Only the thread that makes steps reads and writes it.
  private int rows;

  RollingAudit(
      Checks checks,
      AuditProgress progress,
      AuditMetrics metrics,
      AuditProperties properties,
      @Qualifier("audit") JdbcClient sql,
      @Qualifier("audit") PlatformTransactionManager transactions,
      DatabaseClock clock) {
    this.checks = checks;
    this.progress = progress;
    this.metrics = metrics;
    this.properties = properties;
    this.sql = sql;
    this.snapshot = new TransactionTemplate(transactions);
    this.snapshot.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
    this.snapshot.setTimeout(STEP_SECONDS_MAX);
    this.clock = clock;
    this.rows = properties.stepRowsMax();
  }

  @Scheduled(fixedDelayString = "${payledger.audit.step-interval}")
  void run() {
    try {
      runOnce();
    } catch (ConcurrencyFailureException e) {
      log.debug("another instance made the step: {}", e.toString());
    } catch (DataAccessException | TransactionException e) {
      rows = Math.max(ROWS_MIN, rows / 4);
      log.warn("no step of the rolling audit, the next one is of {} rows: {}", rows, e.toString());
    }
  }

  /// One step.
  ///
  /// @return how many rows were looked at, about; empty when another instance makes a step
  public Optional<Long> runOnce() {
    long began = System.nanoTime();
    Optional<Long> looked = snapshot.execute(tx -> progress.lockRound().map(this::step));
    if (looked.isPresent()) {
      fit(System.nanoTime() - began);
    }
    metrics.stands(AuditProgress.round(sql));
    return looked;
  }

  private long step(Round from) {
    Walk.Step step = from.walk().next(sql, from, rows);
    Map<String, List<String>> found =
        step.seen().equals(AuditWindow.NOTHING)
            ? Map.of()
            : checks.run(sql, step.seen(), from.walk().parts());
    if (step.partly()) {
      step = step.with(checks.sums(sql, step.last()).getFirst());
    }
    progress.keep(from, step, found, clock.now(sql));
    return step.rows();
  }

  /// As many rows as fit into the time of a step.
  private void fit(long nanos) {
    if (nanos > properties.stepTime().toNanos()) {
      rows = Math.max(ROWS_MIN, rows / 2);
    } else if (nanos < properties.stepTime().toNanos() / 2) {
      rows = Math.min(properties.stepRowsMax(), rows * 2);
    }
  }
}
