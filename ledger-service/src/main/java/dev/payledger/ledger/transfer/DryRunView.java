package dev.payledger.ledger.transfer;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The answer of a dry run when it would be done now: what would be held, captured, released or reversed. Fraud
/// screening was not asked, and nothing is remembered.
record DryRunView(boolean dryRun, long amountMinor, String currency) {

  /// What would become of each item of a batch, in the order in which they were given.
  record Batch(boolean dryRun, List<Item> items) {}

  /// @param status of HTTP that a dry run of the item alone would have, after those before it
  /// @param transfer when it would be held
  /// @param problem when it would not
  record Item(int status, @Nullable DryRunView transfer, @Nullable Map<String, Object> problem) {}
}
