package dev.payledger.ledger.account;

import dev.payledger.ledger.command.Sides;
import dev.payledger.ledger.plan.AccountStatus;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// One change of an account, as its trail has it. Who, why and under which command are for operators;
/// the owner is told what and when.
///
/// @param number counts the account's changes from 1, without gaps
/// @param change FREEZE, UNFREEZE, CLOSE, REOPEN or OVERDRAFT
/// @param changedBy absent for the owner, like `byOperator`, `reason` and `commandId`
record AccountChangeView(
    long number,
    String change,
    Instant changedAt,
    Terms before,
    Terms after,
    @Nullable String changedBy,
    @Nullable Boolean byOperator,
    @Nullable String reason,
    @Nullable UUID commandId) {

  /// @param frozenByOwner absent for none, like `frozenByOperator`
  /// @param floorMinor absent for a system account
  record Terms(
      AccountStatus status,
      @Nullable Sides frozenByOwner,
      @Nullable Sides frozenByOperator,
      @Nullable Long floorMinor) {}

  AccountChangeView forTheOwner() {
    return new AccountChangeView(number, change, changedAt, before, after, null, null, null, null);
  }
}
