package dev.payledger.fraud.rules;

import java.util.Map;
import java.util.Optional;

/// Doubts a transfer whose legs together are above the currency's threshold. Operators are exempt.
///
/// @param defaultMinor the threshold of a currency without its own, minor units; itself still passes
record AmountThreshold(long defaultMinor, Map<String, Long> minorByCurrency, int points)
    implements FraudRule {
  static final String ID = "amount-threshold";

  @Override
  public Optional<Finding> judge(RuleInput input) {
    long thresholdMinor = minorByCurrency.getOrDefault(input.currency(), defaultMinor);
    if (input.operatorInitiated() || input.amountMinor() <= thresholdMinor) {
      return Optional.empty();
    }
    return Optional.of(
        new Finding(
            ID,
            points,
            "The amount of %d is above the threshold of %d."
                .formatted(input.amountMinor(), thresholdMinor)));
  }
}
