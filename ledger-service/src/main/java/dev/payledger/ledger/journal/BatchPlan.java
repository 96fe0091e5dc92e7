package dev.payledger.ledger.journal;

import dev.payledger.contracts.AccountEvent;
import dev.payledger.ledger.journal.JournalCommand.ChangeAccount;
import dev.payledger.ledger.journal.JournalCommand.ChangeTransfer;
import dev.payledger.ledger.journal.JournalCommand.ExpireHold;
import dev.payledger.ledger.journal.JournalCommand.HoldFunds;
import dev.payledger.ledger.journal.JournalCommand.HoldOutcome;
import dev.payledger.ledger.journal.JournalCommand.OpenAccount;
import dev.payledger.ledger.journal.JournalCommand.OpenBatch;
import dev.payledger.ledger.journal.JournalCommand.OpenOutcome;
import dev.payledger.ledger.journal.JournalCommand.PostTransfer;
import dev.payledger.ledger.journal.JournalCommand.TurnBack;
import dev.payledger.ledger.journal.JournalCommand.VoidHold;
import dev.payledger.ledger.journal.LockedRows.KnownCommand;
import dev.payledger.ledger.journal.PlannedWrites.NewCommand;
import dev.payledger.ledger.journal.PlannedWrites.NewTransfer;
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
/// second wall: were a rule here wrong, the batch would fail and not the books.
final class BatchPlan {
  private final Books books;
  private final SagaPlan saga;
  private final ChangePlan changes;
  private final AccountPlan accounts;
  private final List<Decision<?>> decisions = new ArrayList<>();

  private BatchPlan(Books books) {
    this.books = books;
    this.saga = new SagaPlan(books);
    this.changes = new ChangePlan(books);
    this.accounts = new AccountPlan(books);
  }

  /// @param now the database's microseconds at most
  static BatchPlan of(List<JournalCommand<?>> commands, LockedRows rows, Instant now) {
    Books books = new Books(rows, now);
    BatchPlan plan = new BatchPlan(books);
    for (JournalCommand<?> command : commands) {
      Decision<?> decision = plan.decide(command);
      decision.decidedOn().forEach(books::countOnce);
      plan.decisions.add(decision);
    }
    books.close(rows);
    return plan;
  }

  /// One for each command, in the same order.
  List<Decision<?>> decisions() {
    return decisions;
  }

  PlannedWrites writes() {
    return books.writes();
  }

  private Decision<?> decide(JournalCommand<?> command) {
    return switch (command) {
      case OpenAccount open -> open(open);
      case ChangeAccount change -> accounts.change(change);
      case OpenBatch open -> open(open);
      case HoldFunds hold -> hold(hold);
      case PostTransfer post -> saga.post(post);
      case TurnBack turn -> saga.turnBack(turn);
      case VoidHold end -> saga.voidHold(end);
      case ExpireHold end -> saga.expire(end);
      case ChangeTransfer change -> changes.change(change);
    };
  }

  private Decision<OpenOutcome> open(OpenBatch command) {
    KnownCommand known = books.known(command.id());
    if (known != null) {
      return Decision.of(opened(command.id(), known, command.fingerprint()));
    }
    remember(command.id(), "create-transfer-batch", command.fingerprint(), true, null);
    return Decision.of(new OpenOutcome.Opened(command.id()));
  }

  private static OpenOutcome opened(UUID id, KnownCommand known, Fingerprint asked) {
    return known.fingerprint().equals(asked)
        ? new OpenOutcome.Opened(id)
        : new OpenOutcome.IdReused();
  }

  private Decision<OpenOutcome> open(OpenAccount command) {
    KnownCommand known = books.known(command.id());
    if (known != null) {
      return Decision.of(opened(command.id(), known, command.fingerprint()));
    }
    remember(command.id(), "open-account", command.fingerprint(), true, null);
    books.writes().accounts.add(command);
    books
        .writes()
        .events
        .add(
            OutboxEvent.of(
                new AccountEvent(
                    command.id(),
                    command.owner(),
                    command.name(),
                    command.currency(),
                    books.now())));
    return Decision.of(new OpenOutcome.Opened(command.id()));
  }

  private Decision<HoldOutcome> hold(HoldFunds asked) {
    KnownCommand known = books.known(asked.id());
    if (known != null) {
      return Decision.of(recognised(asked, known));
    }
    TransferState original = asked.reverses() == null ? null : books.findTransfer(asked.reverses());
    HoldFunds command = original == null ? asked : TransferPlan.withRest(asked, original);
    RejectionReason rejection = whyNotHold(command);
    boolean isHeld = rejection == null;
    remember(
        command.id(),
        "create-transfer",
        command.fingerprint(),
        isHeld,
        isHeld ? command.sagaOwner() : null);
    books.writes().transfers.add(new NewTransfer(command, rejection, books.now()));
    books.writes().events.add(OutboxEvent.of(command, rejection, books.now()));
    Map<UUID, Long> decidedOn = books.versions(command.legs());
    if (rejection != null) {
      return new Decision<>(new HoldOutcome.Rejected(command.id(), rejection), decidedOn);
    }
    books.reverse(
        command.reverses(), reversals -> reversals.begun(command.reversesLegs(), command.legs()));
    for (Leg leg : command.legs()) {
      books.change(books.account(leg.debitAccountId()).afterDebitHeld(leg.amountMinor()));
      books.change(books.account(leg.creditAccountId()).afterCreditExpected(leg.amountMinor()));
    }
    return new Decision<>(new HoldOutcome.Held(command.id(), 1), decidedOn);
  }

  /// The first leg that cannot be held says why; each sees what those before it would hold. What one
  /// leg brings no other can spend: it is expected, not there.
  private @Nullable RejectionReason whyNotHold(HoldFunds command) {
    UUID original = command.reverses();
    if (original != null) {
      RejectionReason onReversal =
          TransferPlan.whyNotReverse(
              books.findTransfer(original), command.reversesLegs(), command.legs());
      if (onReversal != null) {
        return onReversal;
      }
    }
    Map<UUID, AccountState> held = new HashMap<>();
    for (Leg leg : command.legs()) {
      AccountState debit =
          held.getOrDefault(leg.debitAccountId(), books.account(leg.debitAccountId()));
      AccountState credit =
          held.getOrDefault(leg.creditAccountId(), books.findAccount(leg.creditAccountId()));
      RejectionReason rejection =
          TransferPlan.whyNotHold(
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
    books.remember(
        new NewCommand(id, operation, fingerprint, isAccepted, null, null, null, books.now()),
        new KnownCommand(fingerprint, sagaOwner, 1, null));
  }
}
