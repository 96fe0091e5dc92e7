package dev.payledger.ledger.journal;

import dev.payledger.contracts.TransferEvent;
import dev.payledger.ledger.journal.JournalCommand.ExpireHold;
import dev.payledger.ledger.journal.JournalCommand.OfflineAllowance;
import dev.payledger.ledger.journal.JournalCommand.PostOutcome;
import dev.payledger.ledger.journal.JournalCommand.PostTransfer;
import dev.payledger.ledger.journal.JournalCommand.TurnBack;
import dev.payledger.ledger.journal.JournalCommand.TurnOutcome;
import dev.payledger.ledger.journal.JournalCommand.VoidHold;
import dev.payledger.ledger.journal.TransferState.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The saga's own moves of a transfer. Each is decided under the epoch of its owner: under an older one,
/// or past its step, it changes nothing, and asked again by the same owner it says the same again.
final class SagaPlan {
  /// The saga's reasons that are no rejections: its time was over, or it was to be voided.
  private static final String EXPIRED = "transfer-expired";

  private static final String VOID_REQUESTED = "void-requested";

  private final Books books;

  SagaPlan(Books books) {
    this.books = books;
  }

  Decision<PostOutcome> post(PostTransfer command) {
    TransferState transfer = books.transfer(command.transferId());
    if (transfer.endedUnder(command.epoch(), true)) {
      return Decision.of(new PostOutcome.Posted());
    }
    if (transfer.isAt(SagaStep.CAPTURE, command.epoch())) {
      return Decision.of(new PostOutcome.Authorized());
    }
    if (!transfer.isAt(SagaStep.SCREEN, command.epoch()) || !transfer.isHoldLive()) {
      return Decision.of(new PostOutcome.Fenced());
    }
    Map<UUID, Long> decidedOn = books.versions(transfer.terms().legs());
    if (transfer.isVoidRequested()) {
      return new Decision<>(new PostOutcome.VoidRequested(), decidedOn);
    }
    Duration captureWithin = transfer.terms().captureWithin();
    RejectionReason reason =
        captureWithin == null ? books.whyNotCredit(transfer.terms().creditsMinor()) : null;
    if (reason != null) {
      return new Decision<>(new PostOutcome.CannotPost(reason), decidedOn);
    }
    OfflineAllowance allowance = command.allowance();
    PostOutcome why = allowance == null ? null : whyNotUnscreened(transfer, allowance);
    if (why != null) {
      return new Decision<>(why, decidedOn);
    }
    TransferEvent.Screening screening =
        allowance == null ? TransferEvent.Screening.APPROVED : TransferEvent.Screening.SKIPPED;
    TransferState passed =
        allowance == null ? transfer : transfer.withAllowance(allowance.windowStart());
    if (captureWithin != null) {
      books.announce(passed.authorized(screening, books.now().plus(captureWithin)), books.now());
      return new Decision<>(new PostOutcome.Authorized(), decidedOn);
    }
    Instant postedAt = books.notBeforeTheLast(decidedOn.keySet());
    int number = 0;
    for (Leg leg : transfer.terms().legs()) {
      books.enter(transfer, ++number, leg, postedAt);
    }
    long amountMinor = transfer.terms().money().amountMinor();
    TransferState.Terms terms = transfer.terms();
    books.reverse(
        terms.reverses(), reversals -> reversals.posted(terms.reversesLegs(), terms.legs()));
    books.announce(passed.posted(amountMinor, screening, postedAt), postedAt);
    return new Decision<>(new PostOutcome.Posted(), decidedOn);
  }

  /// Null when it may post unscreened; that much of the allowances is then used.
  private @Nullable PostOutcome whyNotUnscreened(
      TransferState transfer, OfflineAllowance allowance) {
    Map<UUID, Long> debitsMinor = transfer.terms().debitsMinor();
    if (books.hasBlocked(debitsMinor.keySet())
        || books.hasBlocked(transfer.terms().creditsMinor().keySet())) {
      return new PostOutcome.CannotPost(RejectionReason.FRAUD_DECLINED);
    }
    if (!books.isBlockedListComplete()) {
      return new PostOutcome.BlockedAccountsUnknown();
    }
    return books.use(allowance, debitsMinor) ? null : new PostOutcome.AllowanceExhausted();
  }

  Decision<TurnOutcome> turnBack(TurnBack command) {
    TransferState transfer = books.transfer(command.transferId());
    if (transfer.isAt(SagaStep.COMPENSATE, command.epoch())) {
      return Decision.of(new TurnOutcome.Turned());
    }
    if (!transfer.isAt(SagaStep.SCREEN, command.epoch())) {
      return Decision.of(new TurnOutcome.Fenced());
    }
    RejectionReason rejection = command.rejection();
    String otherwise = transfer.isVoidRequested() ? VOID_REQUESTED : EXPIRED;
    books.change(transfer.turnedBack(rejection == null ? otherwise : rejection.code()));
    return Decision.of(new TurnOutcome.Turned());
  }

  Decision<TurnOutcome> voidHold(VoidHold command) {
    TransferState transfer = books.transfer(command.transferId());
    if (transfer.endedUnder(command.epoch(), false)) {
      return Decision.of(new TurnOutcome.Turned());
    }
    if (!transfer.isAt(SagaStep.COMPENSATE, command.epoch()) || !transfer.isHoldLive()) {
      return Decision.of(new TurnOutcome.Fenced());
    }
    Map<UUID, Long> decidedOn = books.versions(transfer.terms().legs());
    TransferState.Terms terms = transfer.terms();
    books.reverse(
        terms.reverses(), reversals -> reversals.compensated(terms.reversesLegs(), terms.legs()));
    transfer.terms().legs().forEach(leg -> books.giveBack(leg, leg.amountMinor()));
    if (command.releaseOwed()) {
      books.writes().releasesOwed.add(transfer.id());
    }
    books.announce(compensated(transfer), books.now());
    return new Decision<>(new TurnOutcome.Turned(), decidedOn);
  }

  private TransferState compensated(TransferState transfer) {
    String reason = Objects.requireNonNull(transfer.saga().reason());
    return switch (reason) {
      case EXPIRED -> transfer.ended(Status.EXPIRED, transfer.screening(), null, books.now());
      case VOID_REQUESTED -> transfer.ended(Status.VOIDED, transfer.screening(), null, books.now());
      default ->
          transfer.ended(
              Status.REJECTED,
              reason.equals(RejectionReason.FRAUD_DECLINED.code())
                  ? TransferEvent.Screening.DECLINED
                  : transfer.screening(),
              reason,
              books.now());
    };
  }

  Decision<TurnOutcome> expire(ExpireHold command) {
    TransferState transfer = books.transfer(command.transferId());
    if (transfer.endedUnder(command.epoch(), false)) {
      return Decision.of(new TurnOutcome.Turned());
    }
    if (!transfer.isAt(SagaStep.CAPTURE, command.epoch())
        || books.now().isBefore(transfer.expiresAt())) {
      return Decision.of(new TurnOutcome.Fenced());
    }
    Map<UUID, Long> decidedOn = books.versions(transfer.terms().legs());
    books.giveUp(transfer, Status.EXPIRED);
    return new Decision<>(new TurnOutcome.Turned(), decidedOn);
  }
}
