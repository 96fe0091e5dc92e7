package dev.payledger.ledger.journal;

import java.util.UUID;

/// One debit and one credit of a transfer, minor units of the transfer's currency.
public record Leg(UUID debitAccountId, UUID creditAccountId, long amountMinor) {
  /// What a reversal does about this one.
  public Leg swapped() {
    return new Leg(creditAccountId, debitAccountId, amountMinor);
  }

  public Leg withAmountMinor(long amountMinor) {
    return new Leg(debitAccountId, creditAccountId, amountMinor);
  }
}
