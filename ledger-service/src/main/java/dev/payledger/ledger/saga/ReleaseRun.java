package dev.payledger.ledger.saga;

import dev.payledger.kit.deadline.Deadline;
import dev.payledger.kit.retry.FullJitter;
import dev.payledger.kit.trace.Traceparent;
import dev.payledger.ledger.journal.DatabaseClock;
import dev.payledger.ledger.screening.FraudScreening;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.data.domain.Limit;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/// Tells fraud-service of releases until it knows. A crash between the call and the note of it only
/// repeats the call, which is idempotent.
@Component
class ReleaseRun {
  private static final Logger log = LoggerFactory.getLogger(ReleaseRun.class);

  private final ScreeningReleases releases;
  private final SagaTransfers transfers;
  private final FraudScreening screening;
  private final SagaProperties properties;
  private final FullJitter backoff;
  private final TransactionTemplate transaction;
  private final JdbcClient sql;
  private final DatabaseClock clock;

  ReleaseRun(
      ScreeningReleases releases,
      SagaTransfers transfers,
      FraudScreening screening,
      SagaProperties properties,
      TransactionTemplate transaction,
      JdbcClient sql,
      DatabaseClock clock) {
    this.releases = releases;
    this.transfers = transfers;
    this.screening = screening;
    this.properties = properties;
    this.backoff = new FullJitter(properties.backoffBase(), properties.backoffMax());
    this.transaction = transaction;
    this.sql = sql;
    this.clock = clock;
  }

  /// One pass: in bounded handfuls, each of which arrives together, as long as all of them do. While
  /// fraud-service is away a pass tries one handful.
  ///
  /// @return how many releases arrived
  @Scheduled(fixedDelayString = "${payledger.saga.recovery-interval}")
  public int runOnce() {
    int all = 0;
    int owed;
    int arrived;
    do {
      List<Owed> due = claimDueOrNone();
      owed = due.size();
      arrived = releaseAll(due);
      all += arrived;
    } while (owed == screening.releasesMax() && arrived == owed);
    return all;
  }

  private List<Owed> claimDueOrNone() {
    try {
      return claimDue();
    } catch (DataAccessException | TransactionException e) {
      log.warn("owed releases wait, the database did not answer: {}", e.toString());
      return List.of();
    }
  }

  private int releaseAll(List<Owed> due) {
    AtomicInteger arrived = new AtomicInteger();
    try (ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Owed owed : due) {
        workers.execute(
            () -> {
              if (release(owed)) {
                arrived.incrementAndGet();
              }
            });
      }
    }
    return arrived.get();
  }

  private boolean release(Owed owed) {
    try (var _ = owed.trace().inLog()) {
      return releaseInTime(owed);
    }
  }

  private boolean releaseInTime(Owed owed) {
    Deadline deadline = Deadline.after(properties.recoveryTimeout());
    Duration wait = properties.recoveryTimeout().minus(screening.callTimeout());
    if (!screening.release(owed.transferId(), owed.movedMinor(), owed.wasTried(), wait, deadline)) {
      return false;
    }
    try {
      transaction.executeWithoutResult(
          tx -> releases.findById(owed.transferId()).orElseThrow().releasedAt(clock.now(sql)));
      return true;
    } catch (DataAccessException | TransactionException e) {
      log.warn("a release that arrived is not noted and is repeated: {}", e.toString());
      return false;
    }
  }

  /// Claims by moving the next attempt past the lease, so that no other instance takes it meanwhile.
  private List<Owed> claimDue() {
    Instant now = clock.now(sql);
    return transaction.execute(
        tx ->
            releases.lockDue(now, Limit.of(screening.releasesMax())).stream()
                .map(release -> claim(release, now))
                .toList());
  }

  private Owed claim(ScreeningRelease release, Instant now) {
    UUID id = release.transferId();
    Owed owed =
        new Owed(id, transfers.capturedMinor(id), release.attempts() > 0, transfers.trace(id));
    release.attemptedUntil(
        now.plus(properties.leaseDuration()).plus(backoff.pause(release.attempts())));
    return owed;
  }

  /// A release that is due.
  ///
  /// @param movedMinor what the transfer has moved, which stays reserved
  /// @param wasTried by an earlier run; the saga's own try was mostly stopped by the breaker
  /// @param trace of the request that began the transfer
  private record Owed(UUID transferId, long movedMinor, boolean wasTried, Traceparent trace) {}
}
