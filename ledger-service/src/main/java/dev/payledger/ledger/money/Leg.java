package dev.payledger.ledger.money;

import java.util.UUID;

/// One debit and one credit of a transfer, minor units of the transfer's currency.
public record Leg(UUID debitAccountId, UUID creditAccountId, long amountMinor) {
  /// The other way round.
  public Leg swapped() {
    return new Leg(creditAccountId, debitAccountId, amountMinor);
  }
}
