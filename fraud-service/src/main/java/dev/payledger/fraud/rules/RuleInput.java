package dev.payledger.fraud.rules;

import java.util.Set;
import java.util.UUID;

/// All that a rule may look at.
///
/// @param amountMinor minor units of `currency`, at least 1
/// @param operatorInitiated an operator moves the money; exempt from the rules about how much
/// @param reservedMinor what the debit account has reserved in the current window, minor units
/// @param velocityLimitMinor the most it may have reserved in that window, minor units
/// @param blockedAccounts those of the two accounts that are blocked
public record RuleInput(
    UUID debitAccountId,
    UUID creditAccountId,
    long amountMinor,
    String currency,
    boolean operatorInitiated,
    long reservedMinor,
    long velocityLimitMinor,
    Set<UUID> blockedAccounts) {}
