package dev.payledger.ledger.plan;

import dev.payledger.ledger.command.AccountChange;
import dev.payledger.ledger.command.Sides;
import org.jspecify.annotations.Nullable;

/// What an account takes part in and how far it may go below zero, as its owner and the operators
/// have left it. The two freezes are kept apart, and a close keeps both: each is lifted by who froze.
///
/// @param floorMinor least allowed available balance; null for a system account
/// @param changeCount how many commands have changed it
public record AccountTerms(
    boolean isClosed,
    Sides frozenByOwner,
    Sides frozenByOperator,
    @Nullable Long floorMinor,
    long changeCount) {

  public AccountStatus status() {
    if (isClosed) {
      return AccountStatus.CLOSED;
    }
    return switch (frozen()) {
      case NONE -> AccountStatus.OPEN;
      case DEBITS -> AccountStatus.DEBITS_FROZEN;
      case CREDITS -> AccountStatus.CREDITS_FROZEN;
      case BOTH -> AccountStatus.FROZEN;
    };
  }

  boolean refusesDebits() {
    return frozen().hasDebits();
  }

  boolean refusesCredits() {
    return isClosed || frozen().hasCredits();
  }

  private Sides frozen() {
    return frozenByOwner.and(frozenByOperator);
  }

  /// As one more change leaves them.
  AccountTerms after(AccountChange change, boolean byOperator) {
    return switch (change) {
      case AccountChange.Freeze(Sides sides) ->
          byOperator
              ? changed(isClosed, frozenByOwner, frozenByOperator.and(sides), floorMinor)
              : changed(isClosed, frozenByOwner.and(sides), frozenByOperator, floorMinor);
      case AccountChange.Unfreeze() ->
          byOperator
              ? changed(isClosed, frozenByOwner, Sides.NONE, floorMinor)
              : changed(isClosed, Sides.NONE, frozenByOperator, floorMinor);
      case AccountChange.Close() -> changed(true, frozenByOwner, frozenByOperator, floorMinor);
      case AccountChange.Reopen() -> changed(false, frozenByOwner, frozenByOperator, floorMinor);
      case AccountChange.Overdraft(long limitMinor) ->
          changed(isClosed, frozenByOwner, frozenByOperator, -limitMinor);
    };
  }

  private AccountTerms changed(
      boolean closed, Sides byOwner, Sides byOperator, @Nullable Long floor) {
    return new AccountTerms(closed, byOwner, byOperator, floor, changeCount + 1);
  }
}
