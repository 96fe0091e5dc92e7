package dev.payledger.fraud.payee;

import java.util.UUID;

/// Two accounts in the direction in which money moves.
public record Pair(UUID debitAccountId, UUID creditAccountId) {
  Pair reversed() {
    return new Pair(creditAccountId, debitAccountId);
  }
}
