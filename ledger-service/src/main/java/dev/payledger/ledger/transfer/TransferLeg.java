package dev.payledger.ledger.transfer;

import dev.payledger.ledger.money.Leg;
import java.util.UUID;

/// One debit and credit of a transfer, as it is told.
///
/// @param leg its number, from 1: a reversal names it
/// @param amountMinor minor units of the transfer's currency
/// @param reversedMinor how much of it has been given back, minor units
record TransferLeg(
    int leg, UUID debitAccountId, UUID creditAccountId, long amountMinor, long reversedMinor) {

  /// What gives so much of it back.
  Leg reversed(long amountMinor) {
    return new Leg(creditAccountId, debitAccountId, amountMinor);
  }
}
