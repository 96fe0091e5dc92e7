package dev.payledger.fraud.rules;

/// One reason to decline a transfer: a pure function of its input. A rule that throws decides
/// nothing, so the transfer stays unassessed; it is never an approval.
public interface FraudRule {
  /// The name that a verdict is explained with; part of the API.
  String name();

  /// Whether this rule declines the transfer.
  boolean fires(RuleInput input);
}
