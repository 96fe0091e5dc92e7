package dev.payledger.ledger.transfer;

import dev.payledger.ledger.journal.Fingerprint;
import dev.payledger.ledger.journal.Money;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The body of `POST /v1/transfers/{id}/reversals`.
///
/// @param amountMinor minor units, a JSON integer; absent for all that the transfer moved
record ReversalRequest(
    @Nullable Long amountMinor,
    @Nullable String reference,
    @Nullable Map<String, String> metadata) {

  ReversalRequest {
    if (amountMinor != null && (amountMinor < 1 || amountMinor > Money.AMOUNT_MAX_MINOR)) {
      throw new IllegalArgumentException("amountMinor must be from 1 to " + Money.AMOUNT_MAX_MINOR);
    }
    new TransferTerms(reference, metadata);
  }

  TransferTerms terms() {
    return new TransferTerms(reference, metadata);
  }

  Fingerprint fingerprint(String initiator, UUID original) {
    List<@Nullable Object> parts = new ArrayList<>();
    parts.add("reverse-transfer");
    parts.add(initiator);
    parts.add(original);
    parts.add(amountMinor);
    return terms().fingerprint(parts);
  }
}
