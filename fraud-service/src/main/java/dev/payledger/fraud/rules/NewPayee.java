package dev.payledger.fraud.rules;

import java.util.Map;
import java.util.Optional;

/// Doubts a large first payment from one account to another. Operators are exempt.
///
/// @param defaultMinor the most that a first payment may be in a currency without its own limit,
///     minor units; itself still passes
record NewPayee(long defaultMinor, Map<String, Long> minorByCurrency, int points)
    implements FraudRule {
  static final String ID = "new-payee";

  @Override
  public Optional<Finding> judge(RuleInput input) {
    if (input.operatorInitiated()) {
      return Optional.empty();
    }
    long limitMinor = minorByCurrency.getOrDefault(input.currency(), defaultMinor);
    return input.payees().stream()
        .filter(payee -> !payee.isKnown() && payee.amountMinor() > limitMinor)
        .findFirst()
        .map(
            payee ->
                new Finding(
                    ID,
                    points,
                    "Account %s pays account %s for the first time, and %d is above %d."
                        .formatted(
                            payee.debitAccountId(),
                            payee.creditAccountId(),
                            payee.amountMinor(),
                            limitMinor)));
  }
}
