package dev.payledger.ledger.plan;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// An account's row under the lock, or what the commands of a batch have made of it so far. Amounts
/// in minor units; each change counts the version up by one.
public record AccountState(
    UUID id,
    String currency,
    boolean isSystem,
    AccountTerms terms,
    long creditsPostedMinor,
    long debitsPostedMinor,
    long creditsPendingMinor,
    long debitsPendingMinor,
    long lineCount,
    Instant lastPostedAt,
    long version) {

  /// Least allowed available balance; null for a system account.
  public @Nullable Long floorMinor() {
    return terms.floorMinor();
  }

  long balanceMinor() {
    return Math.subtractExact(creditsPostedMinor, debitsPostedMinor);
  }

  long availableMinor() {
    return Math.subtractExact(balanceMinor(), debitsPendingMinor);
  }

  /// Whether nothing is on it and nothing is on its way, so that it may be closed.
  boolean isEmpty() {
    return balanceMinor() == 0 && debitsPendingMinor == 0 && creditsPendingMinor == 0;
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
        terms,
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
        terms,
        Math.addExact(creditsPostedMinor, amountMinor),
        debitsPostedMinor,
        Math.subtractExact(creditsPendingMinor, amountMinor),
        debitsPendingMinor,
        lineCount + 1,
        postedAt,
        version + 1);
  }

  AccountState withTerms(AccountTerms terms) {
    return new AccountState(
        id,
        currency,
        isSystem,
        terms,
        creditsPostedMinor,
        debitsPostedMinor,
        creditsPendingMinor,
        debitsPendingMinor,
        lineCount,
        lastPostedAt,
        version + 1);
  }

  AccountState withVersion(long version) {
    return new AccountState(
        id,
        currency,
        isSystem,
        terms,
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
        terms,
        creditsPostedMinor,
        debitsPostedMinor,
        Math.addExact(creditsPendingMinor, creditsMinor),
        Math.addExact(debitsPendingMinor, debitsMinor),
        lineCount,
        lastPostedAt,
        version + 1);
  }
}
