package dev.payledger.ledger.saga;

import dev.payledger.ledger.request.TimeLeft;
import dev.payledger.ledger.screening.FraudScreening;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.data.domain.Limit;
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
  private final FraudScreening screening;
  private final SagaProperties properties;
  private final Backoff backoff;
  private final TransactionTemplate transaction;
  private final Clock clock;

  ReleaseRun(
      ScreeningReleases releases,
      FraudScreening screening,
      SagaProperties properties,
      TransactionTemplate transaction,
      Clock clock) {
    this.releases = releases;
    this.screening = screening;
    this.properties = properties;
    this.backoff = new Backoff(properties.backoffBase(), properties.backoffMax());
    this.transaction = transaction;
    this.clock = clock;
  }

  /// One bounded pass.
  ///
  /// @return how many releases arrived
  @Scheduled(fixedDelayString = "${payledger.saga.recovery-interval}")
  public int runOnce() {
    int arrived = 0;
    try {
      for (Owed owed : claimDue()) {
        TimeLeft timeLeft = TimeLeft.of(properties.recoveryTimeout());
        if (screening.release(owed.transferId(), owed.wasTried(), timeLeft)) {
          transaction.executeWithoutResult(
              tx -> releases.findById(owed.transferId()).orElseThrow().releasedAt(clock.instant()));
          arrived++;
        }
      }
    } catch (DataAccessException | TransactionException e) {
      log.warn("owed releases wait, the database did not answer: {}", e.toString());
    }
    return arrived;
  }

  /// Claims by moving the next attempt past the lease, so that no other instance takes it meanwhile.
  private List<Owed> claimDue() {
    Instant now = clock.instant();
    return transaction.execute(
        tx ->
            releases.lockDue(now, Limit.of(properties.recoveryBatchMax())).stream()
                .map(release -> claim(release, now))
                .toList());
  }

  private Owed claim(ScreeningRelease release, Instant now) {
    Owed owed = new Owed(release.transferId(), release.attempts() > 0);
    release.attemptedUntil(
        now.plus(properties.leaseDuration()).plus(backoff.pause(release.attempts())));
    return owed;
  }

  /// A release that is due.
  ///
  /// @param wasTried by an earlier run; the saga's own try was mostly stopped by the breaker
  private record Owed(UUID transferId, boolean wasTried) {}
}
