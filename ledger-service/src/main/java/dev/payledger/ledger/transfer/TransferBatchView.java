package dev.payledger.ledger.transfer;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What became of each item of a batch, in the order in which they were asked for.
record TransferBatchView(List<Item> items) {

  /// An item's answer, as if it had been asked for by itself.
  ///
  /// @param status of HTTP
  /// @param transfer when it is one
  /// @param problem when it is none
  record Item(int status, @Nullable TransferView transfer, @Nullable Map<String, Object> problem) {
    /// Whether the same request would be answered so again.
    boolean isFinal() {
      return status != 202 && status < 500;
    }
  }

  boolean isFinal() {
    return items.stream().allMatch(Item::isFinal);
  }
}
