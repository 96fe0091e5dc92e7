package dev.payledger.ledger.audit;

import dev.payledger.ledger.audit.AuditNotes.Place;
import dev.payledger.ledger.audit.AuditNotes.Sums;
import dev.payledger.ledger.journal.DatabaseClock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
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
/// the full scan's to find.
@Component
class AuditRun {
  private static final Logger log = LoggerFactory.getLogger(AuditRun.class);

  static final String SUMS =
      """
      SELECT a.id, a.seq_to, a.audited_debits_minor
          + coalesce(sum(l.amount_minor) FILTER (WHERE l.side = 'DEBIT'), 0) AS debits_minor,
        a.audited_credits_minor
          + coalesce(sum(l.amount_minor) FILTER (WHERE l.side = 'CREDIT'), 0) AS credits_minor
      FROM seen_account a LEFT JOIN seen_line l ON l.account_id = a.id
      GROUP BY a.id, a.seq_to, a.audited_debits_minor, a.audited_credits_minor
      """;

  private final Checks checks;
  private final AuditNotes notes;
  private final AuditMetrics metrics;
  private final AuditProperties properties;
  private final JdbcClient sql;
  private final TransactionTemplate snapshot;
  private final DatabaseClock clock;

  AuditRun(
      Checks checks,
      AuditNotes notes,
      AuditMetrics metrics,
      AuditProperties properties,
      @Qualifier("audit") JdbcClient sql,
      @Qualifier("audit") PlatformTransactionManager transactions,
      DatabaseClock clock) {
    this.checks = checks;
    this.notes = notes;
    this.metrics = metrics;
    this.properties = properties;
    this.sql = sql;
    this.snapshot = new TransactionTemplate(transactions);
    this.snapshot.setReadOnly(true);
    this.snapshot.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
    this.clock = clock;
  }

  /// What a pass found.
  private record Pass(Place from, Seen seen, Map<String, List<String>> found, List<Sums> sums) {}

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
    Optional<Pass> pass = snapshot.execute(tx -> look());
    int events = pass.map(this::keep).orElse(0);
    metrics.stands(notes.place(), notes.findings());
    return events;
  }

  private int keep(Pass pass) {
    Instant now = clock.now(sql);
    if (!notes.keep(pass.from(), pass.seen().upTo(), pass.sums(), pass.found(), now)) {
      return 0;
    }
    metrics.looked(pass.seen().events());
    return pass.seen().events();
  }

  private Optional<Pass> look() {
    Place from = notes.place();
    if (!from.isSettled()) {
      return Optional.empty();
    }
    Seen seen = Seen.next(sql, from.position(), from.nextPosition(), properties.batchMax());
    return Optional.of(new Pass(from, seen, checks.run(sql, seen), sums(seen)));
  }

  private List<Sums> sums(Seen seen) {
    return checks
        .over(sql, seen, SUMS)
        .query(
            (row, n) ->
                new Sums(
                    row.getObject("id", UUID.class),
                    row.getLong("seq_to"),
                    row.getLong("debits_minor"),
                    row.getLong("credits_minor")))
        .list();
  }
}
