package dev.payledger.ledger.screening;

/// What came of asking. UNAVAILABLE is every answer that is not clearly one of the others: a
/// time-out, an error, a body that cannot be read.
public enum Verdict {
  APPROVED,
  DECLINED,
  /// Fraud-service was told earlier to let go of this transfer; it cannot be approved any more.
  RELEASED,
  UNAVAILABLE,
  /// Nothing was sent: breaker open, bulkhead full, or a repeat beyond the budget.
  NOT_ASKED
}
