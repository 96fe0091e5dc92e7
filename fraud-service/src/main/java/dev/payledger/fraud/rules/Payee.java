package dev.payledger.fraud.rules;

import java.time.Duration;
import java.util.UUID;

/// What a transfer moves from one account to one other, and what is known of the two.
///
/// @param amountMinor the sum of the legs between the two in this direction, minor units
/// @param paymentCount earlier payments in this direction of which each was large enough to count
/// @param firstAge how long ago the earliest of them was; zero when there is none
/// @param receivedMinor the most that the debit account was paid by the credit account at once
public record Payee(
    UUID debitAccountId,
    UUID creditAccountId,
    long amountMinor,
    int paymentCount,
    Duration firstAge,
    long receivedMinor) {}
