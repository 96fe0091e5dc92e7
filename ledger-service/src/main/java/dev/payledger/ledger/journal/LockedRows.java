package dev.payledger.ledger.journal;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What a batch has read: the commands that were decided before, and the rows it holds locked until
/// its end.
///
/// @param allowancesMinor what is used of an allowance, minor units; absent when nothing is
record LockedRows(
    Map<UUID, KnownCommand> commands,
    Map<UUID, TransferState> transfers,
    Map<UUID, AccountState> accounts,
    Map<AllowanceKey, Long> allowancesMinor) {

  /// A command that was decided before.
  ///
  /// @param sagaOwner who moves its transfer; null when it made none
  /// @param rejection why a change of a transfer or an account was refused; null for all others
  record KnownCommand(
      Fingerprint fingerprint,
      @Nullable String sagaOwner,
      long sagaEpoch,
      @Nullable RejectionReason rejection) {}

  record AllowanceKey(UUID account, Instant windowStart) {}
}
