package dev.payledger.ledger.transfer;

import dev.payledger.ledger.command.Fingerprint;
import java.util.ArrayList;
import java.util.List;

/// The body of `POST /v1/transfer-batches`.
///
/// @param items 1 to 100 transfers that have nothing to do with each other
record TransferBatchRequest(List<TransferRequest> items) {
  static final int ITEMS_MAX = 100;

  TransferBatchRequest {
    if (items == null || items.isEmpty() || items.size() > ITEMS_MAX || items.contains(null)) {
      throw new IllegalArgumentException("items must be 1 to " + ITEMS_MAX + " transfers");
    }
  }

  /// Of all of them, in their order.
  Fingerprint fingerprint(String initiator) {
    List<Object> parts = new ArrayList<>();
    parts.add("create-transfer-batch");
    items.forEach(item -> parts.add(item.fingerprint(initiator)));
    return Fingerprint.of(parts);
  }
}
