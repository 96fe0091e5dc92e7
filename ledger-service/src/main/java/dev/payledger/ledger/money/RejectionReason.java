package dev.payledger.ledger.money;

import java.util.Arrays;

/// Every expected refusal of a transfer, of what is asked about one, and of a change of an account, in order of
/// precedence: the first that applies is the answer. Of several legs, the first that cannot be held gives its own.
/// A rejection is final for its command id; `isRetryableWithNewKey` says whether the same request under a new
/// idempotency key may succeed another time.
public enum RejectionReason {
  NOT_REVERSIBLE(
      "not-reversible", true, "Only what a transfer has moved can be reversed, and no reversal."),
  REVERSAL_LIMIT(
      "reversal-limit",
      true,
      "More would be reversed than the transfer moved; reversals under way count."),
  REVERSAL_COUNT_LIMIT(
      "reversal-count-limit", true, "A transfer has at most 100 reversals; those under way count."),
  NOT_CAPTURABLE(
      "not-capturable",
      true,
      "The transfer holds nothing that could be captured: it is pending, final, out of time, or not"
          + " of capture MANUAL."),
  CAPTURE_LIMIT("capture-limit", false, "More would be captured than is left of what is held."),
  CAPTURE_COUNT_LIMIT(
      "capture-count-limit", false, "A transfer is captured at most 100 times; void what is left."),
  NOT_VOIDABLE(
      "not-voidable", false, "The transfer is final; nothing is held that could be voided."),
  FROZEN_BY_OPERATOR(
      "frozen-by-operator",
      true,
      "An operator froze the account; only an operator closes it before that is lifted."),
  ACCOUNT_NOT_EMPTY(
      "account-not-empty",
      true,
      "Only an account with a zero balance and no live holds can be closed."),
  OVERDRAFT_IN_USE("overdraft-in-use", true, "More than that limit is in use, holds included."),
  SELF_TRANSFER("self-transfer", false, "Debit and credit account are the same."),
  ACCOUNT_CLOSED("account-closed", false, "The account is closed."),
  ACCOUNT_FROZEN("account-frozen", true, "The debit account is frozen for debits."),
  ACCOUNT_UNUSABLE("account-unusable", true, "The credit account cannot be credited."),
  CURRENCY_MISMATCH(
      "currency-mismatch", false, "Both accounts must be in the currency of the transfer."),
  INSUFFICIENT_FUNDS(
      "insufficient-funds", true, "The debit account's available balance is below the amount."),
  BALANCE_LIMIT(
      "balance-limit",
      true,
      "A balance, or what is held on an account or for it, would pass 9007199254740991 minor units."),
  TURNOVER_LIMIT(
      "turnover-limit",
      false,
      "All debits or all credits of an account together would pass 9223372036854775807 minor units."
          + " Use another account."),
  FRAUD_DECLINED("fraud-declined", false, "Fraud screening declined the transfer."),
  REVIEW_REJECTED("review-rejected", false, "An operator rejected the transfer on review.");

  private final String code;
  private final boolean isRetryableWithNewKey;
  private final String sentence;

  RejectionReason(String code, boolean isRetryableWithNewKey, String sentence) {
    this.code = code;
    this.isRetryableWithNewKey = isRetryableWithNewKey;
    this.sentence = sentence;
  }

  public static RejectionReason ofCode(String code) {
    return Arrays.stream(values())
        .filter(reason -> reason.code.equals(code))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no rejection is called " + code));
  }

  /// The stable code of problem documents and events.
  public String code() {
    return code;
  }

  public boolean isRetryableWithNewKey() {
    return isRetryableWithNewKey;
  }

  public String sentence() {
    return sentence;
  }

  /// The code in words.
  public String title() {
    String words = code.replace('-', ' ');
    return Character.toUpperCase(words.charAt(0)) + words.substring(1);
  }

  /// What the caller can do about it.
  public String next() {
    return isRetryableWithNewKey
        ? "The answer is final for this idempotency key; a new key asks again."
        : "The answer is final.";
  }
}
