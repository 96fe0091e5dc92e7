package dev.payledger.ledger.account;

import java.util.UUID;

/// An account's amounts now, minor units.
record BalanceView(
    UUID accountId,
    String currency,
    long balanceMinor,
    long availableMinor,
    long heldMinor,
    long version) {

  static BalanceView of(AccountView account) {
    return new BalanceView(
        account.id(),
        account.currency(),
        account.balanceMinor(),
        account.availableMinor(),
        account.heldMinor(),
        account.version());
  }
}
