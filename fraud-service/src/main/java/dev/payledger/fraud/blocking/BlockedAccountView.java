package dev.payledger.fraud.blocking;

import dev.payledger.fraud.blocking.BlockedAccounts.Change;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/// What an account is, and all its changes, oldest first.
record BlockedAccountView(UUID accountId, boolean isBlocked, List<ChangeView> changes) {
  /// Who changed it when, to what, and why.
  record ChangeView(boolean isBlocked, String reason, String changedBy, Instant changedAt) {}

  static BlockedAccountView of(UUID accountId, List<Change> changes) {
    return new BlockedAccountView(
        accountId,
        !changes.isEmpty() && changes.getLast().isBlocked(),
        changes.stream()
            .map(
                change ->
                    new ChangeView(
                        change.isBlocked(),
                        change.reason(),
                        change.changedBy(),
                        change.changedAt()))
            .toList());
  }
}
