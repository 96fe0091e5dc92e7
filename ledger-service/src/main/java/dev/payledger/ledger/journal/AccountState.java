package dev.payledger.ledger.journal;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// An account's row under the lock, or what the commands of a batch have made of it so far. Amounts
/// in minor units; each change counts the version up by one.
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
    long creditsPendingMinor,
    long debitsPendingMinor,
    long lineCount,
    Instant lastPostedAt,
    long version) {

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

  AccountState afterDebitHeld(long amountMinor) {
    return afterPending(0, amountMinor);
  }

  AccountState afterCreditExpected(long amountMinor) {
    return afterPending(amountMinor, 0);
  }

  AccountState afterDebitReleased(long amountMinor) {
    return afterPending(0, -amountMinor);
  }

  AccountState afterCreditReleased(long amountMinor) {
    return afterPending(-amountMinor, 0);
  }

  /// What was held is posted.
  AccountState afterDebit(long amountMinor, Instant postedAt) {
    return new AccountState(
        id,
        currency,
        isSystem,
        status,
        floorMinor,
        creditsPostedMinor,
        Math.addExact(debitsPostedMinor, amountMinor),
        creditsPendingMinor,
        Math.subtractExact(debitsPendingMinor, amountMinor),
        lineCount + 1,
        postedAt,
        version + 1);
  }

  /// What was expected is posted.
  AccountState afterCredit(long amountMinor, Instant postedAt) {
    return new AccountState(
        id,
        currency,
        isSystem,
        status,
        floorMinor,
        Math.addExact(creditsPostedMinor, amountMinor),
        debitsPostedMinor,
        Math.subtractExact(creditsPendingMinor, amountMinor),
        debitsPendingMinor,
        lineCount + 1,
        postedAt,
        version + 1);
  }

  AccountState withVersion(long version) {
    return new AccountState(
        id,
        currency,
        isSystem,
        status,
        floorMinor,
        creditsPostedMinor,
        debitsPostedMinor,
        creditsPendingMinor,
        debitsPendingMinor,
        lineCount,
        lastPostedAt,
        version);
  }

  private AccountState afterPending(long creditsMinor, long debitsMinor) {
    return new AccountState(
        id,
        currency,
        isSystem,
        status,
        floorMinor,
        creditsPostedMinor,
        debitsPostedMinor,
        Math.addExact(creditsPendingMinor, creditsMinor),
        Math.addExact(debitsPendingMinor, debitsMinor),
        lineCount,
        lastPostedAt,
        version + 1);
  }
}
