package dev.payledger.ledger.transfer;

import java.util.List;
import java.util.Set;
import java.util.UUID;

/// A transfer beside what decides what its reader sees of it. Who owns an account on it sees it; an
/// attempt, which held no funds, only who owns an account that was to pay: anybody may attempt to pay
/// anybody.
///
/// @param own those of its accounts that are the reader's business, for an operator all
record Visible(Transfer transfer, List<TransferLeg> legs, Set<UUID> own) {
  /// Whether the reader may know of the transfer.
  boolean isVisible() {
    return legs.stream()
        .anyMatch(
            leg ->
                own.contains(leg.debitAccountId())
                    || (own.contains(leg.creditAccountId()) && !transfer.isRefused()));
  }

  /// Whether the reader owns every account that pays.
  boolean isDebitSide() {
    return legs.stream().map(TransferLeg::debitAccountId).allMatch(own::contains);
  }

  /// Whether the reader owns every account that is paid.
  boolean isCreditSide() {
    return legs.stream().map(TransferLeg::creditAccountId).allMatch(own::contains);
  }

  /// The legs that touch an own account.
  List<TransferLeg> ownLegs() {
    return legs.stream()
        .filter(leg -> own.contains(leg.debitAccountId()) || own.contains(leg.creditAccountId()))
        .toList();
  }
}
