package dev.payledger.ledger.saga;

import dev.payledger.kit.retry.FullJitter;
import dev.payledger.ledger.journal.DatabaseClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/// Who works on which saga. Leases are compared by the database's clock, so that no instance takes
/// another's because of its own. Even so a clock decides only when to try: an owner whose lease ran out
/// while it slept is stopped by its epoch, not by the time.
@Component
class SagaClaims {
  private final SagaStates states;
  private final SagaProperties properties;
  private final FullJitter backoff;
  private final JdbcClient sql;
  private final DatabaseClock clock;
  private final String owner = UUID.randomUUID().toString();

  SagaClaims(SagaStates states, SagaProperties properties, JdbcClient sql, DatabaseClock clock) {
    this.states = states;
    this.properties = properties;
    this.backoff = new FullJitter(properties.backoffBase(), properties.backoffMax());
    this.sql = sql;
    this.clock = clock;
  }

  /// This process, as an owner of sagas.
  String owner() {
    return owner;
  }

  /// Empty when it is not due, or another instance is claiming it.
  @Transactional
  public Optional<SagaLease> claimDue(UUID transferId) {
    Instant now = clock.now(sql);
    return states.lockDue(transferId, now).map(saga -> claim(saga, now));
  }

  /// For an operator, whoever has it now; empty when it is not held for review.
  @Transactional
  public Optional<SagaLease> claimReviewed(UUID transferId) {
    return states
        .lock(transferId)
        .filter(SagaState::isHeldForReview)
        .map(saga -> claim(saga, clock.now(sql)));
  }

  private SagaLease claim(SagaState saga, Instant now) {
    saga.claim(owner, now.plus(properties.leaseDuration()));
    return new SagaLease(
        saga.transferId(), saga.epoch(), saga.attempts(), saga.step(), saga.isAsked());
  }

  /// Lets anyone go on after the pause; nothing happens when the saga is somebody else's by now.
  @Transactional
  public void release(SagaLease lease, Duration pause) {
    Instant now = clock.now(sql);
    states
        .lock(lease.transferId())
        .filter(saga -> saga.isOwnedUnder(lease.epoch()) && !saga.isDone())
        .ifPresent(saga -> saga.release(now, now.plus(pause)));
  }

  /// Pauses it because of a defect, longer each time, and parks it after too many.
  ///
  /// @return whether it is parked now
  @Transactional
  public boolean fail(SagaLease lease, String failure) {
    Instant now = clock.now(sql);
    return states
        .lock(lease.transferId())
        .filter(saga -> saga.isOwnedUnder(lease.epoch()) && !saga.isDone())
        .map(
            saga -> {
              int failures = saga.fail(failure);
              if (failures >= properties.failuresMax()) {
                saga.park(now);
              } else {
                saga.pauseUntil(now.plus(backoff.pause(failures)));
              }
              return saga.isParked();
            })
        .orElse(false);
  }

  /// Lets anyone take a parked saga up again.
  ///
  /// @return false when it is not parked
  @Transactional
  public boolean unpark(UUID transferId) {
    Instant now = clock.now(sql);
    Optional<SagaState> parked = states.lock(transferId).filter(SagaState::isParked);
    parked.ifPresent(saga -> saga.unpark(now));
    return parked.isPresent();
  }

  /// Hands it back because fraud screening could not be asked.
  ///
  /// @param asked whether the question was sent, so that the next one is a repeat
  @Transactional
  public void holdForReview(SagaLease lease, Duration pause, boolean asked) {
    Instant now = clock.now(sql);
    states
        .lock(lease.transferId())
        .filter(saga -> saga.isOwnedUnder(lease.epoch()) && !saga.isDone())
        .ifPresent(saga -> saga.holdForReview(now, now.plus(pause), asked));
  }
}
