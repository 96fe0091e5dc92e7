package dev.payledger.ledger.journal;

/// Every expected "no" to a transfer, in order of precedence: the first that applies is the answer.
/// A rejection is final for its command id; `mayPassLater` says whether the same request under a new
/// idempotency key may succeed another time.
public enum RejectionReason {
  NOT_REVERSIBLE(
      "not-reversible", false, "Only a posted transfer that is no reversal can be reversed."),
  REVERSAL_LIMIT(
      "reversal-limit",
      true,
      "More would be reversed than the transfer moved; reversals under way count."),
  SELF_TRANSFER("self-transfer", false, "Debit and credit account are the same."),
  ACCOUNT_CLOSED("account-closed", false, "The debit account is closed."),
  ACCOUNT_FROZEN("account-frozen", true, "The debit account is frozen for debits."),
  ACCOUNT_UNUSABLE("account-unusable", false, "The credit account cannot be credited."),
  CURRENCY_MISMATCH(
      "currency-mismatch", false, "Both accounts must be in the currency of the transfer."),
  INSUFFICIENT_FUNDS(
      "insufficient-funds", true, "The debit account's available balance is below the amount."),
  BALANCE_LIMIT("balance-limit", true, "A balance would pass 9007199254740991 minor units."),
  FRAUD_DECLINED("fraud-declined", false, "Fraud screening declined the transfer.");

  private final String code;
  private final boolean mayPassLater;
  private final String sentence;

  RejectionReason(String code, boolean mayPassLater, String sentence) {
    this.code = code;
    this.mayPassLater = mayPassLater;
    this.sentence = sentence;
  }

  /// The stable code of problem documents and events.
  public String code() {
    return code;
  }

  public boolean mayPassLater() {
    return mayPassLater;
  }

  public String sentence() {
    return sentence;
  }
}
