package dev.payledger.ledger.plan;

import dev.payledger.ledger.command.JournalCommand.CaptureHold;
import dev.payledger.ledger.command.JournalCommand.ChangeOutcome;
import dev.payledger.ledger.command.JournalCommand.ChangeTransfer;
import dev.payledger.ledger.command.JournalCommand.VoidTransfer;
import dev.payledger.ledger.money.Leg;
import dev.payledger.ledger.money.RejectionReason;
import dev.payledger.ledger.plan.LockedRows.KnownCommand;
import dev.payledger.ledger.plan.PlannedWrites.NewCommand;
import dev.payledger.ledger.plan.TransferState.Status;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What callers ask of a transfer that is there: to capture it or to void it. Each is a command of its own,
/// whose answer is remembered, a "no" too.
final class ChangePlan {
  private final BatchState state;

  ChangePlan(BatchState state) {
    this.state = state;
  }

  CommandResult<ChangeOutcome> change(ChangeTransfer command) {
    KnownCommand known = state.known(command.id());
    if (known != null) {
      return CommandResult.of(recognised(command, known));
    }
    TransferState transfer = state.findTransfer(command.transferId());
    return switch (command) {
      case CaptureHold capture -> {
        RejectionReason never = RejectionReason.NOT_CAPTURABLE;
        yield transfer == null ? refused(command, never, Map.of()) : capture(capture, transfer);
      }
      case VoidTransfer end -> {
        RejectionReason never = RejectionReason.NOT_VOIDABLE;
        yield transfer == null ? refused(command, never, Map.of()) : voidTransfer(end, transfer);
      }
    };
  }

  private CommandResult<ChangeOutcome> capture(CaptureHold command, TransferState transfer) {
    long leftMinor = transfer.leftMinor();
    long amountMinor = command.amountMinor() == null ? leftMinor : command.amountMinor();
    Map<UUID, Long> decidedOn = state.versions(transfer.terms().legs());
    Leg leg = transfer.terms().onlyLeg();
    RejectionReason rejection = TransferPlan.validateCapture(transfer, amountMinor, state.now());
    if (rejection == null) {
      rejection = state.validateCredit(Map.of(leg.creditAccountId(), amountMinor));
    }
    if (rejection != null) {
      return refused(command, rejection, decidedOn);
    }
    Instant postedAt = state.notBeforeTheLast(decidedOn.keySet());
    state.enter(
        transfer,
        transfer.captureCount() + 1,
        new Leg(leg.debitAccountId(), leg.creditAccountId(), amountMinor),
        postedAt);
    boolean isLast = command.isFinal() || amountMinor == leftMinor;
    TransferState captured =
        isLast
            ? transfer.posted(amountMinor, transfer.screening(), postedAt)
            : transfer.captured(amountMinor);
    if (amountMinor < leftMinor && isLast) {
      state.releaseRest(transfer, leftMinor - amountMinor);
    }
    state.announce(captured, postedAt);
    remember(command, null);
    return new CommandResult<>(new ChangeOutcome.Accepted(), decidedOn);
  }

  private CommandResult<ChangeOutcome> voidTransfer(VoidTransfer command, TransferState transfer) {
    Map<UUID, Long> decidedOn = state.versions(transfer.terms().legs());
    RejectionReason rejection = TransferPlan.validateVoid(transfer);
    if (rejection != null) {
      return refused(command, rejection, decidedOn);
    }
    remember(command, null);
    if (transfer.status() == Status.PENDING) {
      state.change(transfer.withVoidRequested(state.now()));
      return new CommandResult<>(new ChangeOutcome.Requested(), decidedOn);
    }
    state.giveUp(transfer, Status.VOIDED);
    return new CommandResult<>(new ChangeOutcome.Accepted(), decidedOn);
  }

  private CommandResult<ChangeOutcome> refused(
      ChangeTransfer command, RejectionReason reason, Map<UUID, Long> decidedOn) {
    remember(command, reason);
    return new CommandResult<>(new ChangeOutcome.Rejected(reason), decidedOn);
  }

  private static ChangeOutcome recognised(ChangeTransfer asked, KnownCommand known) {
    if (!known.fingerprint().equals(asked.fingerprint())) {
      return new ChangeOutcome.IdReused();
    }
    return known.rejection() == null
        ? new ChangeOutcome.Accepted()
        : new ChangeOutcome.Rejected(known.rejection());
  }

  private void remember(ChangeTransfer command, @Nullable RejectionReason rejection) {
    String operation =
        switch (command) {
          case CaptureHold _ -> "capture-transfer";
          case VoidTransfer _ -> "void-transfer";
        };
    state.remember(
        new NewCommand(
            command.id(),
            operation,
            command.fingerprint(),
            rejection == null,
            command.transferId(),
            null,
            rejection,
            state.now()),
        new KnownCommand(command.fingerprint(), null, 0, rejection));
  }
}
