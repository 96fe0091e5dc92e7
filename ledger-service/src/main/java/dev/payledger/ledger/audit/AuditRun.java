package dev.payledger.ledger.audit;

import dev.payledger.ledger.audit.AuditProgress.Position;
import dev.payledger.ledger.audit.AuditProgress.Sums;
import dev.payledger.ledger.journal.DatabaseClock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/// The continuous auditor: goes along the outbox and checks what each event is about, so that a pass
/// costs what is new and not what there is.
///
/// It reads in a REPEATABLE READ READ ONLY transaction, which locks nothing and counts for nothing
/// under SERIALIZABLE, and notes the result in another. A crash between the two repeats the pass; two
/// instances may make the same pass, and one of them notes it. A wrong row that no event leads to is
/// the rolling audit's to find.
@Component
class AuditRun implements SmartInitializingSingleton {
  private static final Logger log = LoggerFactory.getLogger(AuditRun.class);

  private final Checks checks;
  private final AuditProgress progress;
  private final AuditMetrics metrics;
  private final AuditProperties properties;
  private final JdbcClient sql;
  private final TransactionTemplate snapshot;
  private final DatabaseClock clock;

  AuditRun(
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
    this.snapshot.setReadOnly(true);
    this.snapshot.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
    this.clock = clock;
  }

  /// What a pass found.
  private record Pass(
      Position from, NewEvents events, Map<String, List<String>> found, List<Sums> sums) {}

  /// Before the first request: a scan that finds what was late while no ledger ran must excuse it too.
  @Override
  public void afterSingletonsInstantiated() {
    try {
      progress.alive();
    } catch (DataAccessException | TransactionException e) {
      log.warn("not known how long no ledger ran, the database did not answer: {}", e.toString());
    }
  }

  /// As many passes as it takes to be where everybody else is.
  @Scheduled(fixedDelayString = "${payledger.audit.interval}")
  void run() {
    try {
      while (runOnce() == properties.batchMax()) {
        log.debug("the audit is behind by a batch or more");
      }
    } catch (DataAccessException | TransactionException e) {
      log.warn("no audit, the database did not answer: {}", e.toString());
    }
  }

  /// One bounded pass.
  ///
  /// @return how many events were looked at
  public int runOnce() {
    progress.alive();
    Optional<Pass> pass = snapshot.execute(tx -> look());
    int events = pass.map(this::keep).orElse(0);
    metrics.stands(progress.position(), progress.findings());
    return events;
  }

  private int keep(Pass pass) {
    Instant now = clock.now(sql);
    if (!progress.keep(pass.from(), pass.events().seen().upTo(), pass.sums(), pass.found(), now)) {
      return 0;
    }
    metrics.looked(pass.events().count());
    return pass.events().count();
  }

  private Optional<Pass> look() {
    Position from = progress.position();
    if (!from.isSettled()) {
      return Optional.empty();
    }
    NewEvents events =
        NewEvents.next(sql, from.position(), from.nextPosition(), properties.batchMax());
    AuditWindow seen = events.seen();
    return Optional.of(new Pass(from, events, checks.run(sql, seen), checks.sums(sql, seen)));
  }
}
