package dev.payledger.ledger.saga;

import dev.payledger.ledger.command.SagaStep;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Where a saga stands and whose it is. Owner, epoch and due time are claimed here; step and reason
/// move in the journal's transactions only.
@Entity
@Table(name = "saga")
@SuppressWarnings("UnusedVariable") // some columns are written here and read by queries only
class SagaState {
  @Id private UUID transferId;

  @Enumerated(EnumType.STRING)
  @Column(insertable = false, updatable = false)
  private SagaStep step;

  @Column(insertable = false, updatable = false)
  private @Nullable String reason;

  private String owner;
  private long epoch;
  private int attempts;
  private Instant dueAt;
  private @Nullable Instant reviewSince;
  private boolean asked;
  private int failures;
  private @Nullable String failure;
  private @Nullable Instant parkedAt;

  protected SagaState() {}

  UUID transferId() {
    return transferId;
  }

  SagaStep step() {
    return step;
  }

  boolean isDone() {
    return step == SagaStep.DONE;
  }

  long epoch() {
    return epoch;
  }

  int attempts() {
    return attempts;
  }

  boolean isOwnedUnder(long epoch) {
    return this.epoch == epoch;
  }

  /// A new owner, fencing off the one before. An operator may also claim a parked one, which goes on then.
  void claim(String owner, Instant leaseUntil) {
    if (isParked()) {
      unpark();
    }
    this.owner = owner;
    this.epoch++;
    this.attempts++;
    this.dueAt = leaseUntil;
  }

  /// Nobody's until then. A void that came meanwhile has made it due: then it stays so.
  void release(Instant now, Instant dueAt) {
    if (this.dueAt.isAfter(now)) {
      this.dueAt = dueAt;
    }
    this.failures = 0;
    this.failure = null;
  }

  /// It met a defect.
  ///
  /// @return how many in a row by now
  int fail(String failure) {
    this.failure = failure;
    return ++failures;
  }

  void pauseUntil(Instant dueAt) {
    this.dueAt = dueAt;
  }

  /// Nobody takes it up until it is released.
  void park(Instant now) {
    this.parkedAt = now;
  }

  boolean isParked() {
    return parkedAt != null;
  }

  void unpark(Instant now) {
    unpark();
    release(now, now);
  }

  private void unpark() {
    this.parkedAt = null;
    this.failures = 0;
    this.failure = null;
  }

  /// The same, because fraud screening could not be asked.
  void holdForReview(Instant now, Instant dueAt, boolean asked) {
    this.reviewSince = reviewSince == null ? now : reviewSince;
    this.asked |= asked;
    release(now, dueAt);
  }

  boolean isAsked() {
    return asked;
  }

  boolean isHeldForReview() {
    return step == SagaStep.SCREEN && reviewSince != null;
  }
}
