package dev.payledger.ledger.plan;

/// What an account still takes part in. It follows from whether it is closed and from its freezes.
public enum AccountStatus {
  OPEN,
  DEBITS_FROZEN,
  CREDITS_FROZEN,
  FROZEN,
  CLOSED
}
