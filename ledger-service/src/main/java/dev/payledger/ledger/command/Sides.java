package dev.payledger.ledger.command;

/// The sides of an account that a freeze stops.
public enum Sides {
  NONE,
  DEBITS,
  CREDITS,
  BOTH;

  public boolean hasDebits() {
    return this == DEBITS || this == BOTH;
  }

  public boolean hasCredits() {
    return this == CREDITS || this == BOTH;
  }

  /// With those of another freeze.
  public Sides and(Sides other) {
    boolean debits = hasDebits() || other.hasDebits();
    boolean credits = hasCredits() || other.hasCredits();
    return debits && credits ? BOTH : debits ? DEBITS : credits ? CREDITS : NONE;
  }
}
