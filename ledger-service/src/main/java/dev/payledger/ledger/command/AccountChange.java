package dev.payledger.ledger.command;

/// What an owner or an operator can change of an account.
public sealed interface AccountChange {
  /// More sides are frozen, by whoever asks.
  record Freeze(Sides sides) implements AccountChange {}

  /// What whoever asks had frozen is so no longer; the other's freeze stays.
  record Unfreeze() implements AccountChange {}

  record Close() implements AccountChange {}

  record Reopen() implements AccountChange {}

  /// @param limitMinor how far the available balance may be below zero, minor units
  record Overdraft(long limitMinor) implements AccountChange {}

  /// As `command` has it.
  default String operation() {
    return switch (this) {
      case Freeze _ -> "freeze-account";
      case Unfreeze _ -> "unfreeze-account";
      case Close _ -> "close-account";
      case Reopen _ -> "reopen-account";
      case Overdraft _ -> "allow-overdraft";
    };
  }

  /// As `account_change` and the list of changes have it.
  default String kind() {
    return switch (this) {
      case Freeze _ -> "FREEZE";
      case Unfreeze _ -> "UNFREEZE";
      case Close _ -> "CLOSE";
      case Reopen _ -> "REOPEN";
      case Overdraft _ -> "OVERDRAFT";
    };
  }
}
