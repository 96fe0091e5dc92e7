package dev.payledger.fraud.rules;

import java.util.UUID;

/// What a transfer asks of one debit account's window. Amounts are minor units.
///
/// @param askedMinor the sum of the transfer's legs that debit the account
/// @param reservedMinor what the account has reserved in the window already
/// @param limitMinor the most that it may have reserved there
public record Velocity(UUID debitAccountId, long askedMinor, long reservedMinor, long limitMinor) {}
