package dev.payledger.fraud.rules;

import java.util.Optional;

/// Declines a transfer that would take one of its debit accounts above the window's limit. It decides
/// from the counters it is given; the caller reads those under row locks and reserves in the same
/// transaction. Operators are exempt.
///
/// @param points enough to decline by themselves, because no counter goes past its limit
record VelocityWindow(int points) implements FraudRule {
  static final String ID = "velocity-window";

  @Override
  public Optional<Finding> judge(RuleInput input) {
    if (input.operatorInitiated()) {
      return Optional.empty();
    }
    return input.velocities().stream()
        .filter(VelocityWindow::isPassed)
        .findFirst()
        .map(
            velocity ->
                new Finding(
                    ID,
                    points,
                    "Account %s asks for %d with %d of %d used in this window."
                        .formatted(
                            velocity.debitAccountId(),
                            velocity.askedMinor(),
                            velocity.reservedMinor(),
                            velocity.limitMinor())));
  }

  private static boolean isPassed(Velocity velocity) {
    return Math.addExact(velocity.reservedMinor(), velocity.askedMinor()) > velocity.limitMinor();
  }
}
