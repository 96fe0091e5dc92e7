package dev.payledger.ledger.journal;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What can be asked of the journal. Each command is idempotent: running it again after an unknown
/// outcome changes nothing more. It may then say so (`Replayed`, `Fenced`) instead of repeating the
/// first outcome; the rows tell how that was.
///
/// @param <O> its outcomes; an outcome is a fact, committed before the caller sees it
public sealed interface JournalCommand<O> {

  /// Opens an account under the command's id, which becomes the account's.
  record OpenAccount(UUID id, Fingerprint fingerprint, String owner, String name, String currency)
      implements JournalCommand<OpenOutcome> {}

  /// T1 of the saga: records the command, creates the transfer and holds the funds, or records the
  /// rejection. The transfer gets the command's id. The saga starts with the caller as its owner.
  ///
  /// @param reverses the posted transfer that this one gives back, whole or in part; else null
  record HoldFunds(
      UUID id,
      Fingerprint fingerprint,
      String initiator,
      boolean byOperator,
      UUID debitAccountId,
      UUID creditAccountId,
      Money money,
      @Nullable UUID reverses,
      @Nullable String reference,
      Map<String, String> metadata,
      @Nullable String traceparent,
      String sagaOwner,
      Instant sagaLeaseUntil,
      Instant expiresAt)
      implements JournalCommand<HoldOutcome> {}

  /// T2 of the saga, the pivot: debits and credits, ends the hold. With an allowance the transfer was
  /// not screened: it posts only within what the account may still move unscreened in the window.
  record PostTransfer(UUID transferId, long epoch, @Nullable OfflineAllowance allowance)
      implements JournalCommand<PostOutcome> {}

  /// Writes down that the saga turns back, and why, before the first compensation runs. Without a
  /// rejection the reason is that the transfer's time is over.
  record TurnBack(UUID transferId, long epoch, @Nullable RejectionReason rejection)
      implements JournalCommand<TurnOutcome> {}

  /// The compensation of the hold: the funds are available again and the transfer is final.
  /// `releaseOwed` leaves a durable task to tell fraud screening, which could not be reached.
  record VoidHold(UUID transferId, long epoch, boolean releaseOwed)
      implements JournalCommand<TurnOutcome> {}

  /// What an account may move unscreened: at most `limitMinor` in the window that starts then.
  record OfflineAllowance(Instant windowStart, long limitMinor) {}

  /// What became of `OpenAccount`.
  sealed interface OpenOutcome {
    record Opened(UUID accountId) implements OpenOutcome {}

    record IdReused() implements OpenOutcome {}
  }

  /// What became of `HoldFunds`.
  sealed interface HoldOutcome {
    /// Held by this command; the caller owns the saga under this epoch.
    record Held(UUID transferId, long epoch) implements HoldOutcome {}

    record Rejected(UUID transferId, RejectionReason reason) implements HoldOutcome {}

    /// The command was decided before; its transfer tells how.
    record Replayed(UUID transferId) implements HoldOutcome {}

    /// The command id was used for another request.
    record IdReused() implements HoldOutcome {}
  }

  /// What became of `PostTransfer`.
  sealed interface PostOutcome {
    record Posted() implements PostOutcome {}

    /// The accounts changed since the hold; nothing was written, the saga must turn back.
    record CannotPost(RejectionReason reason) implements PostOutcome {}

    /// The account has used up what it may move unscreened; nothing was written.
    record AllowanceExhausted() implements PostOutcome {}

    /// Another owner has the saga, or it is past this step; nothing was written.
    record Fenced() implements PostOutcome {}
  }

  /// What became of `TurnBack` and `VoidHold`.
  sealed interface TurnOutcome {
    record Turned() implements TurnOutcome {}

    /// Another owner has the saga, or it is past this step; nothing was written.
    record Fenced() implements TurnOutcome {}
  }
}
