package dev.payledger.ledger.saga;

/// What an operator says in the place of fraud screening.
public enum ReviewDecision {
  APPROVE,
  REJECT
}
