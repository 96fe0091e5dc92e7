package dev.payledger.fraud.rules;

import java.util.Optional;

/// One reason to doubt a transfer: a pure function of its input. A rule that throws decides nothing,
/// so the transfer stays unassessed; it is never an approval.
public interface FraudRule {
  /// What speaks against the transfer, if anything does.
  Optional<Finding> judge(RuleInput input);
}
