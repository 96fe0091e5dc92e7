package dev.payledger.ledger.money;

/// An amount that can be moved: 1 … 2^53−1 minor units of one ISO 4217 currency. 2^53−1 is the
/// largest integer that every JSON reader keeps exact.
public record Money(long amountMinor, String currency) {
  public static final long AMOUNT_MAX_MINOR = 9_007_199_254_740_991L;

  public Money {
    if (amountMinor < 1 || amountMinor > AMOUNT_MAX_MINOR) {
      throw new IllegalArgumentException("amountMinor must be from 1 to " + AMOUNT_MAX_MINOR);
    }
    if (currency.length() != 3 || !currency.chars().allMatch(c -> c >= 'A' && c <= 'Z')) {
      throw new IllegalArgumentException("currency must be three capital letters (ISO 4217)");
    }
  }
}
