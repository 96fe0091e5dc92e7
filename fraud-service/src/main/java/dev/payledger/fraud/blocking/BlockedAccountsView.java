package dev.payledger.fraud.blocking;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.payledger.fraud.blocking.BlockedAccounts.Change;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A page of the accounts that are blocked, by id.
///
/// @param next the id to go on after; absent on the last page
@JsonInclude(JsonInclude.Include.NON_NULL)
record BlockedAccountsView(List<Item> items, @Nullable UUID next) {
  /// Who blocked it when, and why.
  record Item(UUID accountId, String reason, String changedBy, Instant changedAt) {
    static Item of(Change change) {
      return new Item(change.accountId(), change.reason(), change.changedBy(), change.changedAt());
    }
  }
}
