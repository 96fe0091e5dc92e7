package dev.payledger.ledger.journal;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A transfer's row, its saga's and its hold's, as they are under the lock, or what the commands of a
/// batch have made of them so far.
///
/// @param status POSTED, REJECTED and EXPIRED are final
/// @param isHoldLive whether the funds are reserved
/// @param reason why the saga turned back
/// @param reverses the transfer that this one gives back; null for all others
record TransferState(
    UUID id,
    Status status,
    UUID debitAccountId,
    UUID creditAccountId,
    Money money,
    long eventCount,
    @Nullable String traceparent,
    boolean isHoldLive,
    SagaStep step,
    long epoch,
    @Nullable String reason,
    @Nullable UUID reverses,
    Reversals reversals) {

  /// What is given back of this transfer, minor units.
  record Reversals(long pendingMinor, long postedMinor) {
    static final Reversals NONE = new Reversals(0, 0);
  }

  enum Status {
    PENDING,
    POSTED,
    REJECTED,
    EXPIRED
  }

  /// The steps of the saga. SCREEN ends in a post (DONE) or turns back (COMPENSATE, then DONE).
  enum SagaStep {
    SCREEN,
    COMPENSATE,
    DONE
  }

  /// Whether that owner may take that step now.
  boolean isAt(SagaStep step, long epoch) {
    return status == Status.PENDING && this.step == step && this.epoch == epoch;
  }

  /// Whether that owner took its last step already, and with which end.
  boolean endedUnder(long epoch, boolean isPosted) {
    return step == SagaStep.DONE && this.epoch == epoch && (status == Status.POSTED) == isPosted;
  }

  TransferState withLiveHold() {
    return with(status, eventCount, true, step, reason, reversals);
  }

  TransferState turnedBack(String reason) {
    return with(status, eventCount, isHoldLive, SagaStep.COMPENSATE, reason, reversals);
  }

  TransferState ended(Status status) {
    return with(status, eventCount + 1, false, SagaStep.DONE, reason, reversals);
  }

  TransferState withReversals(Reversals reversals) {
    return with(status, eventCount, isHoldLive, step, reason, reversals);
  }

  private TransferState with(
      Status status,
      long eventCount,
      boolean isHoldLive,
      SagaStep step,
      @Nullable String reason,
      Reversals reversals) {
    return new TransferState(
        id,
        status,
        debitAccountId,
        creditAccountId,
        money,
        eventCount,
        traceparent,
        isHoldLive,
        step,
        epoch,
        reason,
        reverses,
        reversals);
  }
}
