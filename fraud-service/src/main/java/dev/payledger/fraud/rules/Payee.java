package dev.payledger.fraud.rules;

import java.util.UUID;

/// What a transfer moves from one account to one other.
///
/// @param amountMinor the sum of the legs between the two in this direction, minor units
/// @param isKnown the debit account is known to have paid the credit account before, or to have
///     been paid as much by it
public record Payee(UUID debitAccountId, UUID creditAccountId, long amountMinor, boolean isKnown) {}
