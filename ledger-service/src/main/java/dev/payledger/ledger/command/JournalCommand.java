package dev.payledger.ledger.command;

import dev.payledger.ledger.money.Leg;
import dev.payledger.ledger.money.Money;
import dev.payledger.ledger.money.RejectionReason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What can be asked of the journal. Each command is idempotent: running it again after an unknown
/// outcome changes nothing more. It may then say so (`Replayed`, `Fenced`) instead of repeating the
/// first outcome; the rows tell how that was.
///
/// @param <O> its outcomes; an outcome is a fact, committed before the caller sees it
public sealed interface JournalCommand<O> {

  /// How many legs it may hold or post, for the bound of a batch.
  default int legCount() {
    return 1;
  }

  /// Opens an account under the command's id, which becomes the account's.
  record OpenAccount(UUID id, Fingerprint fingerprint, String owner, String name, String currency)
      implements JournalCommand<OpenOutcome> {

    /// For the log, which gets none of what the caller wrote.
    @Override
    public String toString() {
      return "OpenAccount[" + id + "]";
    }
  }

  /// Changes what an account takes part in or may owe, by its owner or an operator; recorded under an
  /// id of its own.
  ///
  /// @param changedBy who asks, for the trail
  /// @param reason why, for the trail; null when none was given
  record ChangeAccount(
      UUID id,
      Fingerprint fingerprint,
      UUID accountId,
      AccountChange change,
      String changedBy,
      boolean byOperator,
      @Nullable String reason,
      @Nullable String traceparent)
      implements JournalCommand<AccountOutcome> {

    /// For the log, which gets none of what the caller wrote.
    @Override
    public String toString() {
      return "ChangeAccount[" + id + "]";
    }
  }

  /// Records which items a batch has, before the first of them. The items are commands of their own,
  /// with ids derived from this one's.
  record OpenBatch(UUID id, Fingerprint fingerprint) implements JournalCommand<OpenOutcome> {}

  /// T1 of the saga: records the command, creates the transfer and holds the funds, or records the
  /// rejection. The transfer gets the command's id. The saga starts with the caller as its owner.
  ///
  /// @param legs 1 to 50, all of them or none
  /// @param captureWithin how long it is held for its capture by request; null when it is captured as
  ///     soon as it is screened
  /// @param reversal the posted transfer that this one gives back, whole or in part; else null
  /// @param sagaLease how long from now the caller has the saga to itself
  /// @param lifetime time from now until the transfer expires
  record HoldFunds(
      UUID id,
      Fingerprint fingerprint,
      String initiator,
      boolean byOperator,
      List<Leg> legs,
      String currency,
      @Nullable Duration captureWithin,
      @Nullable Reversal reversal,
      @Nullable String reference,
      Map<String, String> metadata,
      @Nullable String traceparent,
      String sagaOwner,
      Duration sagaLease,
      Duration lifetime)
      implements JournalCommand<HoldOutcome> {

    @Override
    public int legCount() {
      return legs.size();
    }

    /// For the log, which gets none of what the caller wrote.
    @Override
    public String toString() {
      return "HoldFunds[" + id + "]";
    }

    /// The same, but for what it gives back.
    public HoldFunds withReversal(List<Leg> legs, Reversal reversal) {
      return new HoldFunds(
          id,
          fingerprint,
          initiator,
          byOperator,
          legs,
          currency,
          captureWithin,
          reversal,
          reference,
          metadata,
          traceparent,
          sagaOwner,
          sagaLease,
          lifetime);
    }

    /// The numbers of the legs that the legs give back; none unless it is a reversal.
    public List<Integer> reversesLegs() {
      return reversal == null
          ? List.of()
          : reversal.legs().stream().map(ReversedLeg::number).toList();
    }

    /// The transfer that this one gives back; null for all others.
    public @Nullable UUID reverses() {
      return reversal == null ? null : reversal.transferId();
    }

    /// The sum of the legs.
    public Money money() {
      return new Money(
          legs.stream().mapToLong(Leg::amountMinor).reduce(0, Math::addExact), currency);
    }
  }

  /// Which transfer a new one gives back, and which of its legs, in the order of the new one's.
  record Reversal(UUID transferId, List<ReversedLeg> legs) {}

  /// @param number of the leg that is given back, from 1
  /// @param isRest whether all that is left of it is given back, however much: the new transfer's leg
  ///     has the most that it can be
  record ReversedLeg(int number, boolean isRest) {}

  /// T2 of the saga, the pivot: debits and credits, ends the hold; or, when it is to be captured by
  /// request, declares it held for that. With an allowance the transfer was not screened: it passes
  /// only within what each account that pays, and its owner, may still move unscreened in the window,
  /// and not from or to a blocked account.
  ///
  /// @param legCount of the transfer, whose row tells which
  record PostTransfer(
      UUID transferId, long epoch, int legCount, @Nullable OfflineAllowance allowance)
      implements JournalCommand<PostOutcome> {}

  /// Writes down that the saga compensates, and why, before the first compensation runs. Without a
  /// rejection the reason is that a void was requested, or else that the transfer's time is over.
  record StartCompensation(UUID transferId, long epoch, @Nullable RejectionReason rejection)
      implements JournalCommand<StepOutcome> {}

  /// The compensation of the hold: the funds are available again and the transfer is final.
  /// `releaseOwed` leaves a durable task to tell fraud screening, which could not be reached.
  record VoidHold(UUID transferId, long epoch, boolean releaseOwed)
      implements JournalCommand<StepOutcome> {}

  /// Asks for a change of a transfer that exists; recorded under an id of its own.
  sealed interface ChangeTransfer extends JournalCommand<ChangeOutcome> {
    UUID id();

    Fingerprint fingerprint();

    UUID transferId();
  }

  /// Posts some of a held transfer, or all that is left when no amount is given, and gives back the
  /// rest when it is the final one.
  record CaptureHold(
      UUID id,
      Fingerprint fingerprint,
      UUID transferId,
      @Nullable Long amountMinor,
      boolean isFinal)
      implements ChangeTransfer {}

  /// Gives back what is held and not captured. A transfer that is still pending is marked, and its
  /// saga compensates.
  record VoidTransfer(UUID id, Fingerprint fingerprint, UUID transferId)
      implements ChangeTransfer {}

  /// Gives back what is held and was not captured in time.
  record ExpireHold(UUID transferId, long epoch) implements JournalCommand<StepOutcome> {}

  /// What may be moved unscreened in the window that starts then: at most `limitMinor` by one account,
  /// and `ownerLimitMinor` by all accounts of one owner.
  record OfflineAllowance(Instant windowStart, long limitMinor, long ownerLimitMinor) {}

  /// What became of `OpenAccount` or `OpenBatch`, now or when the command was decided before.
  sealed interface OpenOutcome {
    record Opened(UUID id) implements OpenOutcome {}

    record IdReused() implements OpenOutcome {}
  }

  /// What became of `ChangeAccount`, now or when the command was decided before; the account tells
  /// how it is now.
  sealed interface AccountOutcome {
    record Changed() implements AccountOutcome {}

    record Rejected(RejectionReason reason) implements AccountOutcome {}

    /// The command id was used for another request.
    record IdReused() implements AccountOutcome {}
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

    /// Held until it is captured by request.
    record Authorized() implements PostOutcome {}

    /// It was to be voided; nothing was written, the saga must compensate.
    record VoidRequested() implements PostOutcome {}

    /// The accounts changed since the hold; nothing was written, the saga must compensate.
    record CannotPost(RejectionReason reason) implements PostOutcome {}

    /// The account or its owner has used up what may be moved unscreened; nothing was written.
    record AllowanceExhausted() implements PostOutcome {}

    /// No whole list of the blocked accounts has ever arrived here, so that nothing may be moved
    /// unscreened; nothing was written.
    record BlockedAccountsUnknown() implements PostOutcome {}

    /// Another owner has the saga, or it is past this step; nothing was written.
    record Fenced() implements PostOutcome {}
  }

  /// What became of a `ChangeTransfer`, now or when the command was decided before; the
  /// transfer tells the rest.
  sealed interface ChangeOutcome {
    record Accepted() implements ChangeOutcome {}

    /// It is pending; its saga will compensate.
    record Requested() implements ChangeOutcome {}

    record Rejected(RejectionReason reason) implements ChangeOutcome {}

    /// The command id was used for another request.
    record IdReused() implements ChangeOutcome {}
  }

  /// What became of `StartCompensation`, `VoidHold` and `ExpireHold`.
  sealed interface StepOutcome {
    record Applied() implements StepOutcome {}

    /// Another owner has the saga, or it is past this step; nothing was written.
    record Fenced() implements StepOutcome {}
  }
}
