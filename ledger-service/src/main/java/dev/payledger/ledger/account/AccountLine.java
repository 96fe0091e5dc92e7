package dev.payledger.ledger.account;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// One line of an account's history: an entry seen from this account.
///
/// @param sequence the account's own entry number, from 1 without gaps
/// @param reference of the transfer, for who owns every account that it debits
record AccountLine(
    long sequence,
    UUID entryId,
    UUID transferId,
    String side,
    long amountMinor,
    String currency,
    long balanceAfterMinor,
    Instant postedAt,
    @Nullable String reference) {}
