package dev.payledger.ledger.account;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// An account as callers see it. Amounts in minor units of its currency.
///
/// @param heldMinor reserved by transfers that have not finished
/// @param floorMinor least allowed available balance; absent for a system account
/// @param version grows with each change of the amounts
record AccountView(
    UUID id,
    String name,
    String owner,
    String currency,
    Account.Status status,
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
        account.balanceMinor(),
        account.availableMinor(),
        account.heldMinor(),
        account.floorMinor(),
        account.version());
  }
}
