package dev.payledger.ledger.account;

import dev.payledger.ledger.account.Account.Side;
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
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/// Opens accounts and changes what they take part in.
@Component
public class AccountAdministration {
  private static final int ATTEMPTS_MAX = 5;

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

  /// An owner stops debits; an operator either side or both, and nobody else softens or lifts that.
  ///
  /// @param side null for what the caller stops unless told otherwise
  AccountView freeze(UUID id, @Nullable Side side, Caller caller) {
    if (!caller.isOperator() && side != null && side != Side.DEBITS) {
      throw new Problem(ProblemCode.FORBIDDEN, "Only an operator freezes credits.");
    }
    Side asked = side != null ? side : caller.isOperator() ? Side.BOTH : Side.DEBITS;
    return change(
        id,
        caller,
        account -> {
          refuseClosed(account);
          account.freeze(asked, caller.isOperator());
        });
  }

  AccountView unfreeze(UUID id, Caller caller) {
    return change(
        id,
        caller,
        account -> {
          refuseClosed(account);
          refuseFrozenByOperator(account, caller);
          account.open();
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
          refuseFrozenByOperator(account, caller);
          if (!account.isEmpty()) {
            throw notEmpty();
          }
          account.close();
        });
  }

  AccountView reopen(UUID id, Caller caller) {
    return change(
        id,
        caller,
        account -> {
          refuseUnlessOperator(caller, "reopens an account");
          if (account.status() == Account.Status.CLOSED) {
            account.open();
          }
        });
  }

  AccountView allowOverdraft(UUID id, long limitMinor, Caller caller) {
    return change(
        id,
        caller,
        account -> {
          refuseUnlessOperator(caller, "sets an overdraft limit");
          if (account.isSystem()) {
            throw new Problem(ProblemCode.FORBIDDEN, "The ledger's own accounts have no limit.");
          }
          account.allowOverdraft(limitMinor);
        });
  }

  private static void refuseUnlessOperator(Caller caller, String what) {
    if (!caller.isOperator()) {
      throw new Problem(ProblemCode.FORBIDDEN, "Only an operator " + what + ".");
    }
  }

  private static void refuseClosed(Account account) {
    if (account.status() == Account.Status.CLOSED) {
      throw new Problem(
          ProblemCode.ACCOUNT_CLOSED, "The account is closed. An operator can reopen it.");
    }
  }

  private static void refuseFrozenByOperator(Account account, Caller caller) {
    if (account.isFrozenByOperator() && !caller.isOperator()) {
      throw new Problem(ProblemCode.FORBIDDEN, "An operator froze the account; ask one.");
    }
  }

  /// Changes the administrative columns and nothing else, however the journal writes the row
  /// meanwhile: the update names only the application's columns, and the row's laws are judged by the
  /// database on the row as it is then. The decision is taken on the row version that the update
  /// names; of two changes at once the second is decided again on what the first has left.
  private AccountView change(UUID id, Caller caller, Consumer<Account> decision) {
    for (int attempt = 1; ; attempt++) {
      try {
        transaction.executeWithoutResult(tx -> decision.accept(of(id, caller)));
        return AccountView.of(of(id, caller));
      } catch (OptimisticLockingFailureException e) {
        if (attempt == ATTEMPTS_MAX) {
          throw e;
        }
      } catch (DataIntegrityViolationException e) {
        throw broken(e);
      }
    }
  }

  private static RuntimeException broken(DataIntegrityViolationException e) {
    String message = String.valueOf(e.getMessage());
    if (message.contains("account_is_empty_when_closed")) {
      return notEmpty();
    }
    if (message.contains("account_stays_at_or_above_its_floor")) {
      return new Problem(
          ProblemCode.OVERDRAFT_IN_USE,
          "More than that limit is in use, holds included. Ask again when it is paid back.");
    }
    return e;
  }

  private static Problem notEmpty() {
    return new Problem(
        ProblemCode.ACCOUNT_NOT_EMPTY,
        "Only an account with a zero balance and no live holds can be closed.");
  }
}
