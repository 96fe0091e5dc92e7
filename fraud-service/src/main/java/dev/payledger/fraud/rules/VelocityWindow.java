package dev.payledger.fraud.rules;

/// Declines a transfer that would take its debit account above the window's limit. It decides from
/// the counter it is given; the caller reads that under a row lock and reserves in the same
/// transaction. Operators are exempt.
public record VelocityWindow() implements FraudRule {
  public static final String NAME = "VELOCITY_WINDOW";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean fires(RuleInput input) {
    return !input.operatorInitiated()
        && Math.addExact(input.reservedMinor(), input.amountMinor()) > input.velocityLimitMinor();
  }
}
