package dev.payledger.ledger.saga;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/// Who works on which saga. Clocks decide only when to try: an owner whose lease ran out while it
/// slept is stopped by its epoch, not by the time.
@Component
class SagaClaims {
  private final SagaStates states;
  private final SagaProperties properties;
  private final Clock clock;
  private final String owner = UUID.randomUUID().toString();

  SagaClaims(SagaStates states, SagaProperties properties, Clock clock) {
    this.states = states;
    this.properties = properties;
    this.clock = clock;
  }

  /// This process, as an owner of sagas.
  String owner() {
    return owner;
  }

  @Transactional
  public List<SagaLease> claimDue() {
    Instant now = clock.instant();
    return states.lockDue(now, Limit.of(properties.recoveryBatchMax())).stream()
        .map(saga -> claim(saga, now))
        .toList();
  }

  /// For an operator, whoever has it now; empty when it is not held for review.
  @Transactional
  public Optional<SagaLease> claimReviewed(UUID transferId) {
    return states
        .lock(transferId)
        .filter(SagaState::isHeldForReview)
        .map(saga -> claim(saga, clock.instant()));
  }

  private SagaLease claim(SagaState saga, Instant now) {
    saga.claim(owner, now.plus(properties.leaseDuration()));
    return new SagaLease(
        saga.transferId(), saga.epoch(), saga.attempts(), saga.step(), saga.isAsked());
  }

  /// Lets anyone go on after the pause; nothing happens when the saga is somebody else's by now.
  @Transactional
  public void handBack(SagaLease lease, Duration pause) {
    Instant now = clock.instant();
    states
        .lock(lease.transferId())
        .filter(saga -> saga.isOwnedUnder(lease.epoch()) && !saga.isDone())
        .ifPresent(saga -> saga.handBack(now, now.plus(pause)));
  }

  /// Hands it back because fraud screening could not be asked.
  ///
  /// @param asked whether the question was sent, so that the next one is a repeat
  @Transactional
  public void holdForReview(SagaLease lease, Duration pause, boolean asked) {
    Instant now = clock.instant();
    states
        .lock(lease.transferId())
        .filter(saga -> saga.isOwnedUnder(lease.epoch()) && !saga.isDone())
        .ifPresent(saga -> saga.holdForReview(now, now.plus(pause), asked));
  }
}
