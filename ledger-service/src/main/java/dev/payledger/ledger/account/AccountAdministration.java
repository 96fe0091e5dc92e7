package dev.payledger.ledger.account;

import dev.payledger.ledger.journal.Fingerprint;
import dev.payledger.ledger.journal.Journal;
import dev.payledger.ledger.journal.JournalCommand.OpenAccount;
import dev.payledger.ledger.journal.JournalCommand.OpenOutcome;
import dev.payledger.ledger.request.Caller;
import dev.payledger.ledger.request.Problem;
import dev.payledger.ledger.request.ProblemCode;
import dev.payledger.ledger.request.TimeLeft;
import java.util.Arrays;
import java.util.UUID;
import java.util.function.Function;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/// Opens accounts and changes what they take part in.
@Component
public class AccountAdministration {
  private final Accounts accounts;
  private final Journal journal;
  private final TransactionTemplate transaction;

  AccountAdministration(Accounts accounts, Journal journal, TransactionTemplate transaction) {
    this.accounts = accounts;
    this.journal = journal;
    this.transaction = transaction;
  }

  /// Opens an account under the command's id, once.
  public UUID open(UUID commandId, String owner, String name, String currency, TimeLeft timeLeft) {
    OpenAccount command =
        new OpenAccount(
            commandId,
            Fingerprint.of(Arrays.asList("open-account", owner, name, currency)),
            owner,
            name,
            currency);
    return switch (journal.submit(command, timeLeft.toDuration())) {
      case OpenOutcome.Opened(UUID accountId) -> accountId;
      case OpenOutcome.IdReused() ->
          throw new Problem(
              ProblemCode.IDEMPOTENCY_KEY_REUSED,
              "The key was used for another request. Use a new key.");
    };
  }

  Account of(UUID id, Caller caller) {
    return accounts
        .findById(id)
        .filter(account -> caller.maySee(account.owner()))
        .orElseThrow(Problem::notFound);
  }

  /// Stops debits; an operator's freeze stops credits too, and an owner's does not soften it.
  AccountView freeze(UUID id, Caller caller) {
    return change(
        id,
        caller,
        account -> {
          boolean isFull = caller.isOperator() || account.status() == Account.Status.FROZEN;
          return isFull ? Account.Status.FROZEN : Account.Status.DEBITS_FROZEN;
        });
  }

  AccountView unfreeze(UUID id, Caller caller) {
    return change(
        id,
        caller,
        account -> {
          if (account.status() == Account.Status.FROZEN && !caller.isOperator()) {
            throw new Problem(ProblemCode.FORBIDDEN, "An operator froze the account; ask one.");
          }
          return Account.Status.OPEN;
        });
  }

  AccountView close(UUID id, Caller caller) {
    return change(
        id,
        caller,
        account -> {
          if (account.isSystem()) {
            throw new Problem(ProblemCode.FORBIDDEN, "The ledger's own accounts are never closed.");
          }
          if (!account.isEmpty()) {
            throw notEmpty();
          }
          return Account.Status.CLOSED;
        });
  }

  /// Changes the status and nothing else, however the journal writes the row meanwhile: the update
  /// names only the application's columns, and the close rule is checked again by the database on
  /// the row as it is then. The decision is taken on the row version that the update names, so that
  /// of two changes at once one is refused instead of overwriting what it did not see.
  private AccountView change(UUID id, Caller caller, Function<Account, Account.Status> decision) {
    try {
      transaction.executeWithoutResult(
          tx -> {
            Account account = of(id, caller);
            Account.Status status = decision.apply(account);
            if (account.status() == Account.Status.CLOSED && status != Account.Status.CLOSED) {
              throw new Problem(ProblemCode.ACCOUNT_CLOSED, "A closed account stays closed.");
            }
            account.become(status);
          });
    } catch (DataIntegrityViolationException e) {
      if (String.valueOf(e.getMessage()).contains("account_is_empty_when_closed")) {
        throw notEmpty();
      }
      throw e;
    }
    return AccountView.of(of(id, caller));
  }

  private static Problem notEmpty() {
    return new Problem(
        ProblemCode.ACCOUNT_NOT_EMPTY,
        "Only an account with a zero balance and no live holds can be closed.");
  }
}
