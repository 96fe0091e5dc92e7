package dev.payledger.ledger.plan;

import dev.payledger.ledger.command.Fingerprint;
import dev.payledger.ledger.money.RejectionReason;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What a batch has read: the commands that were decided before, and the rows it holds locked until
/// its end. A dry run reads the same rows and locks none.
///
/// @param unscreened what is to be known of transfers that would post unscreened; empty without any
public record LockedRows(
    Map<UUID, KnownCommand> commands,
    Map<UUID, TransferState> transfers,
    Map<UUID, AccountState> accounts,
    Unscreened unscreened) {

  /// A command that was decided before.
  ///
  /// @param sagaOwner who moves its transfer; null when it made none
  /// @param rejection why a change of a transfer or an account was refused; null for all others
  public record KnownCommand(
      Fingerprint fingerprint,
      @Nullable String sagaOwner,
      long sagaEpoch,
      @Nullable RejectionReason rejection) {}

  /// What decides about transfers that would post unscreened.
  ///
  /// @param usedMinor what is used of an account's allowance, minor units; absent when nothing is
  /// @param ownersUsedMinor the same of an owner's
  /// @param owners of the accounts that pay; the ledger's own accounts have none
  /// @param blocked those of the transfers' accounts that are blocked
  /// @param isListComplete whether a whole list of the blocked accounts has arrived
  public record Unscreened(
      Map<AllowanceKey, Long> usedMinor,
      Map<OwnerAllowanceKey, Long> ownersUsedMinor,
      Map<UUID, String> owners,
      Set<UUID> blocked,
      boolean isListComplete) {
    public static final Unscreened NONE =
        new Unscreened(Map.of(), Map.of(), Map.of(), Set.of(), false);
  }

  public record AllowanceKey(UUID account, Instant windowStart) {}

  public record OwnerAllowanceKey(String owner, Instant windowStart) {}
}
