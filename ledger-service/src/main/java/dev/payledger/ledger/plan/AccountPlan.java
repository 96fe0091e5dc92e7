package dev.payledger.ledger.plan;

import dev.payledger.ledger.command.AccountChange;
import dev.payledger.ledger.command.JournalCommand.AccountOutcome;
import dev.payledger.ledger.command.JournalCommand.ChangeAccount;
import dev.payledger.ledger.command.Sides;
import dev.payledger.ledger.money.RejectionReason;
import dev.payledger.ledger.plan.LockedRows.KnownCommand;
import dev.payledger.ledger.plan.PlannedWrites.NewAccountChange;
import dev.payledger.ledger.plan.PlannedWrites.NewCommand;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What owners and operators change of an account. Each is a command of its own whose answer is
/// remembered, a refusal too: asked again it changes nothing, whatever came in between.
final class AccountPlan {
  private final BatchState state;

  AccountPlan(BatchState state) {
    this.state = state;
  }

  CommandResult<AccountOutcome> change(ChangeAccount command) {
    KnownCommand known = state.known(command.id());
    if (known != null) {
      return CommandResult.of(recognised(command, known));
    }
    AccountState account = state.account(command.accountId());
    Map<UUID, Long> decidedOn = Map.of(account.id(), account.version());
    RejectionReason rejection = validate(account, command.change(), command.byOperator());
    remember(command, rejection);
    if (rejection != null) {
      return new CommandResult<>(new AccountOutcome.Rejected(rejection), decidedOn);
    }
    AccountState changed =
        account.withTerms(account.terms().after(command.change(), command.byOperator()));
    state.change(changed);
    NewAccountChange change =
        new NewAccountChange(command, account.terms(), changed.terms(), state.now());
    state.writes().accountChanges.add(change);
    state.writes().events.add(OutboxEvent.of(change));
    return new CommandResult<>(new AccountOutcome.Changed(), decidedOn);
  }

  /// Whether an account in this state can be changed so; null means yes. Who may ask at all is
  /// decided before, from the token alone.
  static @Nullable RejectionReason validate(
      AccountState account, AccountChange change, boolean byOperator) {
    return switch (change) {
      case AccountChange.Freeze _, AccountChange.Unfreeze _ -> validateOpen(account);
      case AccountChange.Close() -> {
        if (!byOperator && account.terms().frozenByOperator() != Sides.NONE) {
          yield RejectionReason.FROZEN_BY_OPERATOR;
        }
        yield account.isEmpty() ? null : RejectionReason.ACCOUNT_NOT_EMPTY;
      }
      case AccountChange.Reopen() -> null;
      case AccountChange.Overdraft(long limitMinor) -> {
        RejectionReason closed = validateOpen(account);
        if (closed != null) {
          yield closed;
        }
        yield account.availableMinor() < -limitMinor ? RejectionReason.OVERDRAFT_IN_USE : null;
      }
    };
  }

  private static @Nullable RejectionReason validateOpen(AccountState account) {
    return account.terms().isClosed() ? RejectionReason.ACCOUNT_CLOSED : null;
  }

  private static AccountOutcome recognised(ChangeAccount asked, KnownCommand known) {
    if (!known.fingerprint().equals(asked.fingerprint())) {
      return new AccountOutcome.IdReused();
    }
    return known.rejection() == null
        ? new AccountOutcome.Changed()
        : new AccountOutcome.Rejected(known.rejection());
  }

  private void remember(ChangeAccount command, @Nullable RejectionReason rejection) {
    state.remember(
        new NewCommand(
            command.id(),
            command.change().operation(),
            command.fingerprint(),
            rejection == null,
            null,
            command.accountId(),
            rejection,
            state.now()),
        new KnownCommand(command.fingerprint(), null, 0, rejection));
  }
}
