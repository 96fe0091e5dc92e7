package dev.payledger.ledger.plan;

import dev.payledger.contracts.TransferEvent;
import dev.payledger.ledger.command.JournalCommand.ExpireHold;
import dev.payledger.ledger.command.JournalCommand.OfflineAllowance;
import dev.payledger.ledger.command.JournalCommand.PostOutcome;
import dev.payledger.ledger.command.JournalCommand.PostTransfer;
import dev.payledger.ledger.command.JournalCommand.StartCompensation;
import dev.payledger.ledger.command.JournalCommand.StepOutcome;
import dev.payledger.ledger.command.JournalCommand.VoidHold;
import dev.payledger.ledger.command.SagaStep;
import dev.payledger.ledger.money.Leg;
import dev.payledger.ledger.money.RejectionReason;
import dev.payledger.ledger.plan.TransferState.Status;
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

  private final BatchState state;

  SagaPlan(BatchState state) {
    this.state = state;
  }

  CommandResult<PostOutcome> post(PostTransfer command) {
    TransferState transfer = state.transfer(command.transferId());
    if (transfer.endedUnder(command.epoch(), true)) {
      return CommandResult.of(new PostOutcome.Posted());
    }
    if (transfer.isAt(SagaStep.CAPTURE, command.epoch())) {
      return CommandResult.of(new PostOutcome.Authorized());
    }
    if (!transfer.isAt(SagaStep.SCREEN, command.epoch()) || !transfer.isHoldLive()) {
      return CommandResult.of(new PostOutcome.Fenced());
    }
    Map<UUID, Long> decidedOn = state.versions(transfer.terms().legs());
    if (transfer.isVoidRequested()) {
      return new CommandResult<>(new PostOutcome.VoidRequested(), decidedOn);
    }
    Duration captureWithin = transfer.terms().captureWithin();
    RejectionReason reason =
        captureWithin == null ? state.validateCredit(transfer.terms().creditsMinor()) : null;
    if (reason != null) {
      return new CommandResult<>(new PostOutcome.CannotPost(reason), decidedOn);
    }
    OfflineAllowance allowance = command.allowance();
    PostOutcome why = allowance == null ? null : validateUnscreened(transfer, allowance);
    if (why != null) {
      return new CommandResult<>(why, decidedOn);
    }
    TransferEvent.Screening screening =
        allowance == null ? TransferEvent.Screening.APPROVED : TransferEvent.Screening.SKIPPED;
    TransferState passed =
        allowance == null ? transfer : transfer.withAllowance(allowance.windowStart());
    if (captureWithin != null) {
      state.announce(passed.authorized(screening, state.now().plus(captureWithin)), state.now());
      return new CommandResult<>(new PostOutcome.Authorized(), decidedOn);
    }
    Instant postedAt = state.notBeforeTheLast(decidedOn.keySet());
    int number = 0;
    for (Leg leg : transfer.terms().legs()) {
      state.enter(transfer, ++number, leg, postedAt);
    }
    long amountMinor = transfer.terms().money().amountMinor();
    TransferState.Terms terms = transfer.terms();
    state.reverse(
        terms.reverses(), reversals -> reversals.posted(terms.reversesLegs(), terms.legs()));
    state.announce(passed.posted(amountMinor, screening, postedAt), postedAt);
    return new CommandResult<>(new PostOutcome.Posted(), decidedOn);
  }

  /// Null when it may post unscreened; that much of the allowances is then used.
  private @Nullable PostOutcome validateUnscreened(
      TransferState transfer, OfflineAllowance allowance) {
    Map<UUID, Long> debitsMinor = transfer.terms().debitsMinor();
    if (state.hasBlocked(debitsMinor.keySet())
        || state.hasBlocked(transfer.terms().creditsMinor().keySet())) {
      return new PostOutcome.CannotPost(RejectionReason.FRAUD_DECLINED);
    }
    if (!state.isBlockedListComplete()) {
      return new PostOutcome.BlockedAccountsUnknown();
    }
    return state.use(allowance, debitsMinor) ? null : new PostOutcome.AllowanceExhausted();
  }

  CommandResult<StepOutcome> startCompensation(StartCompensation command) {
    TransferState transfer = state.transfer(command.transferId());
    if (transfer.isAt(SagaStep.COMPENSATE, command.epoch())) {
      return CommandResult.of(new StepOutcome.Applied());
    }
    if (!transfer.isAt(SagaStep.SCREEN, command.epoch())) {
      return CommandResult.of(new StepOutcome.Fenced());
    }
    RejectionReason rejection = command.rejection();
    String otherwise = transfer.isVoidRequested() ? VOID_REQUESTED : EXPIRED;
    state.change(transfer.compensating(rejection == null ? otherwise : rejection.code()));
    return CommandResult.of(new StepOutcome.Applied());
  }

  CommandResult<StepOutcome> voidHold(VoidHold command) {
    TransferState transfer = state.transfer(command.transferId());
    if (transfer.endedUnder(command.epoch(), false)) {
      return CommandResult.of(new StepOutcome.Applied());
    }
    if (!transfer.isAt(SagaStep.COMPENSATE, command.epoch()) || !transfer.isHoldLive()) {
      return CommandResult.of(new StepOutcome.Fenced());
    }
    Map<UUID, Long> decidedOn = state.versions(transfer.terms().legs());
    TransferState.Terms terms = transfer.terms();
    state.reverse(
        terms.reverses(), reversals -> reversals.compensated(terms.reversesLegs(), terms.legs()));
    transfer.terms().legs().forEach(leg -> state.release(leg, leg.amountMinor()));
    if (command.releaseOwed()) {
      state.writes().releasesOwed.add(transfer.id());
    }
    state.announce(compensated(transfer), state.now());
    return new CommandResult<>(new StepOutcome.Applied(), decidedOn);
  }

  private TransferState compensated(TransferState transfer) {
    String reason = Objects.requireNonNull(transfer.saga().reason());
    return switch (reason) {
      case EXPIRED -> transfer.ended(Status.EXPIRED, transfer.screening(), null, state.now());
      case VOID_REQUESTED -> transfer.ended(Status.VOIDED, transfer.screening(), null, state.now());
      default ->
          transfer.ended(
              Status.REJECTED,
              reason.equals(RejectionReason.FRAUD_DECLINED.code())
                  ? TransferEvent.Screening.DECLINED
                  : transfer.screening(),
              reason,
              state.now());
    };
  }

  CommandResult<StepOutcome> expire(ExpireHold command) {
    TransferState transfer = state.transfer(command.transferId());
    if (transfer.endedUnder(command.epoch(), false)) {
      return CommandResult.of(new StepOutcome.Applied());
    }
    if (!transfer.isAt(SagaStep.CAPTURE, command.epoch())
        || state.now().isBefore(transfer.expiresAt())) {
      return CommandResult.of(new StepOutcome.Fenced());
    }
    Map<UUID, Long> decidedOn = state.versions(transfer.terms().legs());
    state.giveUp(transfer, Status.EXPIRED);
    return new CommandResult<>(new StepOutcome.Applied(), decidedOn);
  }
}
