package dev.payledger.contracts;

import java.time.Instant;
import java.util.UUID;

/// `ledger.account-entry.v1`: one side of a posted journal entry, told to that account only. It does
/// not say who is on the other side's books or how often they are written to.
/// Schema: `schemas/ledger.account-entry.v1.json`.
///
/// @param sequence this account's entry number, from 1, without gaps
/// @param amountMinor minor units, 1 … 2^53−1
/// @param balanceAfterMinor the account's posted balance after this entry, minor units
public record AccountEntryEvent(
    UUID accountId,
    long sequence,
    UUID entryId,
    UUID transferId,
    Side side,
    long amountMinor,
    String currency,
    long balanceAfterMinor,
    Instant postedAt) {

  /// Which side of the journal entry the account is on.
  public enum Side {
    DEBIT,
    CREDIT
  }
}
