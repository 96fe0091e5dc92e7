package dev.payledger.fraud.rules;

import java.util.Map;

/// Declines a transfer whose legs together are above the currency's threshold. Operators are exempt.
///
/// @param defaultMinor the threshold of a currency without its own, minor units; itself still passes
public record AmountThreshold(long defaultMinor, Map<String, Long> minorByCurrency)
    implements FraudRule {
  public static final String NAME = "AMOUNT_THRESHOLD";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean fires(RuleInput input) {
    return !input.operatorInitiated()
        && input.amountMinor() > minorByCurrency.getOrDefault(input.currency(), defaultMinor);
  }
}
