package dev.payledger.fraud.rules;

import java.util.List;
import java.util.Set;
import java.util.UUID;

/// All that a rule may look at.
///
/// @param accountIds everybody on either side of a leg
/// @param amountMinor the sum of the legs, minor units of `currency`, at least 1
/// @param operatorInitiated an operator moves the money; exempt from the rules about how much
/// @param velocities one per debit account; none for an operator's transfer
/// @param payees one per debit and credit account; none for an operator's transfer
/// @param blockedAccounts those of the accounts that are blocked, and maybe strangers
public record RuleInput(
    Set<UUID> accountIds,
    long amountMinor,
    String currency,
    boolean operatorInitiated,
    List<Velocity> velocities,
    List<Payee> payees,
    Set<UUID> blockedAccounts) {

  public RuleInput {
    accountIds = Set.copyOf(accountIds);
    velocities = List.copyOf(velocities);
    payees = List.copyOf(payees);
    blockedAccounts = Set.copyOf(blockedAccounts);
  }
}
