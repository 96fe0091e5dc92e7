package dev.payledger.ledger.journal;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A transfer's row and its saga's, as they are under the lock.
record TransferState(
    UUID id,
    boolean isPending,
    UUID debitAccountId,
    UUID creditAccountId,
    Money money,
    long eventCount,
    @Nullable String traceparent,
    SagaStep step,
    long epoch,
    @Nullable String reason) {

  /// The steps of the saga. SCREEN ends in a post (DONE) or turns back (COMPENSATE, then DONE).
  enum SagaStep {
    SCREEN,
    COMPENSATE,
    DONE
  }
}
