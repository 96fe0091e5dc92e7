package dev.payledger.fraud.rules;

/// Declines a transfer that would take one of its debit accounts above the window's limit. It decides
/// from the counters it is given; the caller reads those under row locks and reserves in the same
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
        && input.velocities().stream().anyMatch(VelocityWindow::isPassed);
  }

  private static boolean isPassed(Velocity velocity) {
    return Math.addExact(velocity.reservedMinor(), velocity.askedMinor()) > velocity.limitMinor();
  }
}
