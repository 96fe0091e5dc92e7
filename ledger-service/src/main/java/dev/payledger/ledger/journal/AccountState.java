package dev.payledger.ledger.journal;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// An account's row as it is under the lock. Amounts in minor units.
///
/// @param floorMinor least allowed available balance; null for a system account
record AccountState(
    UUID id,
    String currency,
    boolean isSystem,
    Status status,
    @Nullable Long floorMinor,
    long creditsPostedMinor,
    long debitsPostedMinor,
    long debitsPendingMinor,
    long lineCount,
    Instant lastPostedAt) {

  enum Status {
    OPEN,
    DEBITS_FROZEN,
    CREDITS_FROZEN,
    FROZEN,
    CLOSED;

    boolean refusesDebits() {
      return this == DEBITS_FROZEN || this == FROZEN;
    }

    boolean refusesCredits() {
      return this == CREDITS_FROZEN || this == FROZEN || this == CLOSED;
    }
  }

  long balanceMinor() {
    return Math.subtractExact(creditsPostedMinor, debitsPostedMinor);
  }

  long availableMinor() {
    return Math.subtractExact(balanceMinor(), debitsPendingMinor);
  }
}
