package dev.payledger.ledger.account;

import java.time.Instant;
import java.util.UUID;

/// An account's balance at a settled instant, minor units: it never changes any more.
///
/// @param sequence the last entry posted at or before `asOf`; 0 when there is none
record PastBalanceView(
    UUID accountId, String currency, Instant asOf, long balanceMinor, long sequence) {}
