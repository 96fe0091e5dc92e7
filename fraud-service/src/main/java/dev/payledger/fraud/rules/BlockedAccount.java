package dev.payledger.fraud.rules;

import java.util.Optional;

/// Declines a transfer from or to a blocked account, whoever asks for it.
record BlockedAccount() implements FraudRule {
  static final String ID = "blocked-account";

  @Override
  public Optional<Finding> judge(RuleInput input) {
    return input.accountIds().stream()
        .filter(input.blockedAccounts()::contains)
        .min((left, right) -> left.toString().compareTo(right.toString()))
        .map(
            account ->
                new Finding(ID, Judgement.SCORE_MAX, "Account %s is blocked.".formatted(account)));
  }
}
