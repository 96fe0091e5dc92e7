package dev.payledger.ledger.journal;

import java.util.UUID;

/// One debit and one credit of a transfer, minor units of the transfer's currency.
public record Leg(UUID debitAccountId, UUID creditAccountId, long amountMinor) {
  /// The other way round.
  Leg swapped() {
    return new Leg(creditAccountId, debitAccountId, amountMinor);
  }
}
