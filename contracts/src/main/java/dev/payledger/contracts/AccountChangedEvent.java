package dev.payledger.contracts;

import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// `ledger.account.v1`, of the `TYPES`: what the account takes part in and may owe afterwards. Who changed it and
/// why is not told. Schema: `schemas/ledger.account.v1.changed.json`.
///
/// @param sequence this account's change number, from 1, without gaps
/// @param floorMinor least allowed available balance, minor units; null for a system account
public record AccountChangedEvent(
    UUID accountId,
    long sequence,
    Status status,
    Sides frozenByOwner,
    Sides frozenByOperator,
    @Nullable Long floorMinor,
    Instant occurredAt) {

  /// The types of `ledger.account.v1` that this is the payload of.
  public static final Set<String> TYPES =
      Set.of(
          "AccountFrozen",
          "AccountUnfrozen",
          "AccountClosed",
          "AccountReopened",
          "AccountOverdraftSet");

  /// What an account takes part in.
  public enum Status {
    OPEN,
    DEBITS_FROZEN,
    CREDITS_FROZEN,
    FROZEN,
    CLOSED
  }

  /// What a freeze stops.
  public enum Sides {
    NONE,
    DEBITS,
    CREDITS,
    BOTH
  }
}
