package dev.payledger.fraud.rules;

import java.util.List;
import java.util.Optional;

/// The rules in force, in the order in which a verdict names them.
///
/// @param declineScore the score from which a transfer is declined
public record RuleBook(List<FraudRule> rules, int declineScore) {
  public RuleBook {
    rules = List.copyOf(rules);
  }

  public static RuleBook of(RulesProperties properties) {
    return new RuleBook(
        List.of(
            new AmountThreshold(
                properties.amountThresholdMinor(),
                properties.amountThresholdMinorByCurrency(),
                properties.amountThresholdPoints()),
            new VelocityWindow(properties.velocityPoints()),
            new BlockedAccount(),
            new NewPayee(
                properties.newPayeeLimitMinor(),
                properties.newPayeeLimitMinorByCurrency(),
                properties.newPayeePoints(),
                properties.knownPayeePayments(),
                properties.knownPayeePaymentMinor(),
                properties.knownPayeeAge())),
        properties.declineScore());
  }

  /// Asks every rule. Throws what a rule throws: the caller must then store nothing.
  public Judgement judge(RuleInput input) {
    return new Judgement(
        rules.stream().map(rule -> rule.judge(input)).flatMap(Optional::stream).toList(),
        declineScore);
  }
}
