package dev.payledger.ledger.account;

import dev.payledger.kit.deadline.Deadline;
import dev.payledger.kit.problem.CommonErrorCode;
import dev.payledger.kit.problem.ProblemException;
import dev.payledger.kit.trace.Traceparent;
import dev.payledger.ledger.command.AccountChange;
import dev.payledger.ledger.command.Fingerprint;
import dev.payledger.ledger.command.JournalCommand.AccountOutcome;
import dev.payledger.ledger.command.JournalCommand.ChangeAccount;
import dev.payledger.ledger.command.JournalCommand.OpenAccount;
import dev.payledger.ledger.command.JournalCommand.OpenOutcome;
import dev.payledger.ledger.command.Sides;
import dev.payledger.ledger.journal.Journal;
import dev.payledger.ledger.money.RejectionReason;
import dev.payledger.ledger.request.Caller;
import dev.payledger.ledger.request.LedgerProblems;
import java.util.Arrays;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/// Opens accounts and changes what they take part in. Who may ask is decided here, from the token and
/// from what never changes of an account; what depends on its state is the journal's to decide.
@Component
public class AccountAdministration {
  private final Accounts accounts;
  private final Journal journal;

  AccountAdministration(Accounts accounts, Journal journal) {
    this.accounts = accounts;
    this.journal = journal;
  }

  /// Opens an account under the command's id, once.
  public UUID open(UUID commandId, String owner, String name, String currency, Deadline deadline) {
    OpenAccount command =
        new OpenAccount(
            commandId,
            Fingerprint.of(Arrays.asList("open-account", owner, name, currency)),
            owner,
            name,
            currency);
    return switch (journal.submit(command, deadline.remaining())) {
      case OpenOutcome.Opened(UUID accountId) -> accountId;
      case OpenOutcome.IdReused() -> throw idReused();
    };
  }

  Account of(UUID id, Caller caller) {
    return accounts
        .findById(id)
        .filter(account -> caller.maySee(account.owner()))
        .orElseThrow(LedgerProblems::notFound);
  }

  /// Changes an account once under the command's id. Asked again, it says how the account is now.
  ///
  /// @param reason why, for the trail
  AccountView change(
      UUID commandId,
      UUID accountId,
      AccountChange change,
      @Nullable String reason,
      Caller caller,
      Traceparent trace,
      Deadline deadline) {
    requireRight(change, of(accountId, caller), caller);
    ChangeAccount command =
        new ChangeAccount(
            commandId,
            fingerprint(accountId, change, reason, caller),
            accountId,
            change,
            caller.subject(),
            caller.isOperator(),
            reason,
            trace.header());
    return switch (journal.submit(command, deadline.remaining())) {
      case AccountOutcome.Changed() -> AccountView.of(of(accountId, caller));
      case AccountOutcome.Rejected(RejectionReason rejection) ->
          throw LedgerProblems.rejection(rejection, rejection.next())
              .with("accountId", accountId)
              .exception();
      case AccountOutcome.IdReused() -> throw idReused();
    };
  }

  /// An owner stops debits and closes; an operator does everything, but for the ledger's own accounts,
  /// which have no limit and are never closed.
  private static void requireRight(AccountChange change, Account account, Caller caller) {
    switch (change) {
      case AccountChange.Freeze(Sides sides) -> {
        if (sides != Sides.DEBITS) {
          requireOperator(caller, "freezes credits");
        }
      }
      case AccountChange.Unfreeze() -> {}
      case AccountChange.Close() ->
          requireCustomers(account, "The ledger's own accounts are never closed.");
      case AccountChange.Reopen() -> requireOperator(caller, "reopens an account");
      case AccountChange.Overdraft _ -> {
        requireOperator(caller, "sets an overdraft limit");
        requireCustomers(account, "The ledger's own accounts have no limit.");
      }
    }
  }

  private static void requireOperator(Caller caller, String what) {
    if (!caller.isOperator()) {
      throw new ProblemException(CommonErrorCode.FORBIDDEN, "Only an operator " + what + ".");
    }
  }

  private static void requireCustomers(Account account, String otherwise) {
    if (account.isSystem()) {
      throw new ProblemException(CommonErrorCode.FORBIDDEN, otherwise);
    }
  }

  /// An operator's freeze and an owner's are two things, so the right it was asked with is part of it.
  private static Fingerprint fingerprint(
      UUID accountId, AccountChange change, @Nullable String reason, Caller caller) {
    Object detail =
        switch (change) {
          case AccountChange.Freeze(Sides sides) -> sides;
          case AccountChange.Overdraft(long limitMinor) -> limitMinor;
          case AccountChange.Unfreeze _, AccountChange.Close _, AccountChange.Reopen _ -> "";
        };
    return Fingerprint.of(
        Arrays.asList(
            change.operation(), caller.subject(), caller.isOperator(), accountId, detail, reason));
  }

  private static ProblemException idReused() {
    return new ProblemException(
        CommonErrorCode.IDEMPOTENCY_KEY_REUSED,
        "The key was used for another request. Use a new key.");
  }
}
