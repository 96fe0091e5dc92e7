package dev.payledger.contracts;

import java.time.Instant;
import java.util.UUID;

/// `fraud.blocked-account.v1`: fraud screening blocked or unblocked an account. Schema:
/// `schemas/fraud.blocked-account.v1.json`.
///
/// @param accountId or `END_OF_LIST`: everything before it is all that was changed so far
/// @param sequence this account's change number, from 1; of the end of the list, the number of changes
///     in all. The greater one is the newer one
/// @param isBlocked false at the end of the list
public record BlockedAccountEvent(
    UUID accountId, long sequence, boolean isBlocked, Instant occurredAt) {
  /// No account's id. Its event is behind all others of its telling.
  public static final UUID END_OF_LIST = new UUID(0, 0);
}
