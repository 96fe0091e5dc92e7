package dev.payledger.ledger.screening;

/// A repeat that the budget has no room for. No failure of fraud-service: the breaker ignores it, by
/// its name in `application.yml`, and gives the place of a probe back.
final class RetryBudgetUsedUp extends RuntimeException {
  private static final long serialVersionUID = 1L;

  RetryBudgetUsedUp() {
    super("the retry budget is used up", null, false, false);
  }
}
