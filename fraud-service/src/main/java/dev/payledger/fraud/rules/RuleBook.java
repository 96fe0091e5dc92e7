package dev.payledger.fraud.rules;

import java.util.List;

/// The rules in force, in the order in which a verdict names them.
public record RuleBook(List<FraudRule> rules) {
  public RuleBook {
    rules = List.copyOf(rules);
  }

  public static RuleBook of(RulesProperties properties) {
    return new RuleBook(
        List.of(
            new AmountThreshold(
                properties.amountThresholdMinor(), properties.amountThresholdMinorByCurrency()),
            new VelocityWindow(),
            new BlockedAccount()));
  }

  /// The names of all rules that fire; empty means approved. Throws what a rule throws: the caller
  /// must then store nothing.
  public List<String> fired(RuleInput input) {
    return rules.stream().filter(rule -> rule.fires(input)).map(FraudRule::name).toList();
  }
}
