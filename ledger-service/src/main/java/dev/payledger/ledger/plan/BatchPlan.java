package dev.payledger.ledger.plan;

import dev.payledger.contracts.AccountEvent;
import dev.payledger.ledger.command.Fingerprint;
import dev.payledger.ledger.command.JournalCommand;
import dev.payledger.ledger.command.JournalCommand.ChangeAccount;
import dev.payledger.ledger.command.JournalCommand.ChangeTransfer;
import dev.payledger.ledger.command.JournalCommand.ExpireHold;
import dev.payledger.ledger.command.JournalCommand.HoldFunds;
import dev.payledger.ledger.command.JournalCommand.HoldOutcome;
import dev.payledger.ledger.command.JournalCommand.OpenAccount;
import dev.payledger.ledger.command.JournalCommand.OpenBatch;
import dev.payledger.ledger.command.JournalCommand.OpenOutcome;
import dev.payledger.ledger.command.JournalCommand.PostTransfer;
import dev.payledger.ledger.command.JournalCommand.StartCompensation;
import dev.payledger.ledger.command.JournalCommand.VoidHold;
import dev.payledger.ledger.money.Leg;
import dev.payledger.ledger.money.Money;
import dev.payledger.ledger.money.RejectionReason;
import dev.payledger.ledger.plan.LockedRows.KnownCommand;
import dev.payledger.ledger.plan.PlannedWrites.NewCommand;
import dev.payledger.ledger.plan.PlannedWrites.NewTransfer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Decides the commands of one batch in memory, in the order of their arrival: each sees what those
/// before it have done. A pure function of the locked rows, the commands and one instant; a rejection
/// touches nobody else's outcome. What makes something new is decided here, what moves a transfer on
/// in `SagaPlan` and `ChangePlan`, what changes an account in `AccountPlan`.
///
/// What it decides is written afterwards as it stands here. The database's constraints are the
/// second line of defence: were a rule here wrong, the batch would fail and not the books.
public final class BatchPlan {
  private final BatchState state;
  private final SagaPlan saga;
  private final ChangePlan changes;
  private final AccountPlan accounts;
  private final List<CommandResult<?>> decisions = new ArrayList<>();

  private BatchPlan(BatchState state) {
    this.state = state;
    this.saga = new SagaPlan(state);
    this.changes = new ChangePlan(state);
    this.accounts = new AccountPlan(state);
  }

  /// @param now the database's microseconds at most
  public static BatchPlan of(List<JournalCommand<?>> commands, LockedRows rows, Instant now) {
    BatchState state = new BatchState(rows, now);
    BatchPlan plan = new BatchPlan(state);
    for (JournalCommand<?> command : commands) {
      CommandResult<?> decision = plan.decide(command);
      decision.decidedOn().forEach(state::countOnce);
      plan.decisions.add(decision);
    }
    state.close(rows);
    return plan;
  }

  /// One for each command, in the same order.
  public List<CommandResult<?>> decisions() {
    return decisions;
  }

  public PlannedWrites writes() {
    return state.writes();
  }

  private CommandResult<?> decide(JournalCommand<?> command) {
    return switch (command) {
      case OpenAccount open -> open(open);
      case ChangeAccount change -> accounts.change(change);
      case OpenBatch open -> open(open);
      case HoldFunds hold -> hold(hold);
      case PostTransfer post -> saga.post(post);
      case StartCompensation turn -> saga.startCompensation(turn);
      case VoidHold end -> saga.voidHold(end);
      case ExpireHold end -> saga.expire(end);
      case ChangeTransfer change -> changes.change(change);
    };
  }

  private CommandResult<OpenOutcome> open(OpenBatch command) {
    KnownCommand known = state.known(command.id());
    if (known != null) {
      return CommandResult.of(opened(command.id(), known, command.fingerprint()));
    }
    remember(command.id(), "create-transfer-batch", command.fingerprint(), true, null);
    return CommandResult.of(new OpenOutcome.Opened(command.id()));
  }

  private static OpenOutcome opened(UUID id, KnownCommand known, Fingerprint asked) {
    return known.fingerprint().equals(asked)
        ? new OpenOutcome.Opened(id)
        : new OpenOutcome.IdReused();
  }

  private CommandResult<OpenOutcome> open(OpenAccount command) {
    KnownCommand known = state.known(command.id());
    if (known != null) {
      return CommandResult.of(opened(command.id(), known, command.fingerprint()));
    }
    remember(command.id(), "open-account", command.fingerprint(), true, null);
    state.writes().accounts.add(command);
    state
        .writes()
        .events
        .add(
            OutboxEvent.of(
                new AccountEvent(
                    command.id(),
                    command.owner(),
                    command.name(),
                    command.currency(),
                    state.now())));
    return CommandResult.of(new OpenOutcome.Opened(command.id()));
  }

  private CommandResult<HoldOutcome> hold(HoldFunds asked) {
    KnownCommand known = state.known(asked.id());
    if (known != null) {
      return CommandResult.of(recognised(asked, known));
    }
    TransferState original = asked.reverses() == null ? null : state.findTransfer(asked.reverses());
    HoldFunds command = original == null ? asked : TransferPlan.withRest(asked, original);
    RejectionReason rejection = validateHold(command);
    boolean isHeld = rejection == null;
    remember(
        command.id(),
        "create-transfer",
        command.fingerprint(),
        isHeld,
        isHeld ? command.sagaOwner() : null);
    state.writes().transfers.add(new NewTransfer(command, rejection, state.now()));
    state.writes().events.add(OutboxEvent.of(command, rejection, state.now()));
    Map<UUID, Long> decidedOn = state.versions(command.legs());
    if (rejection != null) {
      return new CommandResult<>(new HoldOutcome.Rejected(command.id(), rejection), decidedOn);
    }
    state.reverse(
        command.reverses(), reversals -> reversals.begun(command.reversesLegs(), command.legs()));
    for (Leg leg : command.legs()) {
      state.change(state.account(leg.debitAccountId()).afterDebitHeld(leg.amountMinor()));
      state.change(state.account(leg.creditAccountId()).afterCreditExpected(leg.amountMinor()));
    }
    return new CommandResult<>(new HoldOutcome.Held(command.id(), 1), decidedOn);
  }

  /// The first leg that cannot be held says why; each sees what those before it would hold. What one
  /// leg brings no other can spend: it is expected, not there.
  private @Nullable RejectionReason validateHold(HoldFunds command) {
    UUID original = command.reverses();
    if (original != null) {
      RejectionReason onReversal =
          TransferPlan.validateReversal(
              state.findTransfer(original), command.reversesLegs(), command.legs());
      if (onReversal != null) {
        return onReversal;
      }
    }
    Map<UUID, AccountState> held = new HashMap<>();
    for (Leg leg : command.legs()) {
      AccountState debit =
          held.getOrDefault(leg.debitAccountId(), state.account(leg.debitAccountId()));
      AccountState credit =
          held.getOrDefault(leg.creditAccountId(), state.findAccount(leg.creditAccountId()));
      RejectionReason rejection =
          TransferPlan.validateHold(
              debit,
              credit,
              new Money(leg.amountMinor(), command.currency()),
              command.byOperator());
      if (rejection != null) {
        return rejection;
      }
      held.put(debit.id(), debit.afterDebitHeld(leg.amountMinor()));
      held.put(
          leg.creditAccountId(),
          Objects.requireNonNull(credit).afterCreditExpected(leg.amountMinor()));
    }
    return null;
  }

  /// The owner that finds its own hold asked again because it never heard the answer: it may go on.
  private static HoldOutcome recognised(HoldFunds command, KnownCommand known) {
    if (!known.fingerprint().equals(command.fingerprint())) {
      return new HoldOutcome.IdReused();
    }
    return command.sagaOwner().equals(known.sagaOwner()) && known.sagaEpoch() == 1
        ? new HoldOutcome.Held(command.id(), 1)
        : new HoldOutcome.Replayed(command.id());
  }

  private void remember(
      UUID id,
      String operation,
      Fingerprint fingerprint,
      boolean isAccepted,
      @Nullable String sagaOwner) {
    state.remember(
        new NewCommand(id, operation, fingerprint, isAccepted, null, null, null, state.now()),
        new KnownCommand(fingerprint, sagaOwner, 1, null));
  }
}
