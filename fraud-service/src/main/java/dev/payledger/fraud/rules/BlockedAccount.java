package dev.payledger.fraud.rules;

/// Declines a transfer from or to a blocked account, whoever asks for it.
public record BlockedAccount() implements FraudRule {
  public static final String NAME = "BLOCKED_ACCOUNT";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean fires(RuleInput input) {
    return input.accountIds().stream().anyMatch(input.blockedAccounts()::contains);
  }
}
