package dev.payledger.ledger.account;

import dev.payledger.ledger.command.Sides;
import dev.payledger.ledger.plan.AccountStatus;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// An account as callers see it. Amounts in minor units of its currency.
///
/// @param heldMinor reserved by transfers that have not finished
/// @param floorMinor least allowed available balance; absent for a system account
/// @param frozenByOwner the sides that the owner froze; absent for none
/// @param frozenByOperator the sides that an operator froze; absent for none
/// @param version grows with each change of the account
record AccountView(
    UUID id,
    String name,
    String owner,
    String currency,
    AccountStatus status,
    @Nullable Sides frozenByOwner,
    @Nullable Sides frozenByOperator,
    long balanceMinor,
    long availableMinor,
    long heldMinor,
    @Nullable Long floorMinor,
    long version) {

  static AccountView of(Account account) {
    return new AccountView(
        account.id(),
        account.name(),
        account.owner(),
        account.currency(),
        account.status(),
        named(account.frozenByOwner()),
        named(account.frozenByOperator()),
        account.balanceMinor(),
        account.availableMinor(),
        account.heldMinor(),
        account.floorMinor(),
        account.version());
  }

  /// Null for none, so that it is absent.
  static @Nullable Sides named(Sides sides) {
    return sides == Sides.NONE ? null : sides;
  }
}
