package dev.payledger.ledger.journal;

/// The sides of an account that a freeze stops.
public enum Sides {
  NONE,
  DEBITS,
  CREDITS,
  BOTH;

  boolean hasDebits() {
    return this == DEBITS || this == BOTH;
  }

  boolean hasCredits() {
    return this == CREDITS || this == BOTH;
  }

  /// With those of another freeze.
  Sides and(Sides other) {
    boolean debits = hasDebits() || other.hasDebits();
    boolean credits = hasCredits() || other.hasCredits();
    return debits && credits ? BOTH : debits ? DEBITS : credits ? CREDITS : NONE;
  }
}
