package dev.payledger.ledger.account;

import java.time.Instant;
import java.util.UUID;

/// One line of an account's history: an entry seen from this account.
///
/// @param sequence the account's own entry number, from 1 without gaps
record AccountLine(
    long sequence,
    UUID entryId,
    UUID transferId,
    String side,
    long amountMinor,
    String currency,
    long balanceAfterMinor,
    Instant postedAt) {}
