package dev.payledger.ledger.transfer;

import dev.payledger.ledger.journal.Fingerprint;
import dev.payledger.ledger.journal.Money;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The body of `POST /v1/transfers/{id}/reversals`.
///
/// @param amountMinor minor units, a JSON integer; absent for all that the transfer moved
/// @param reference up to 140 characters without control characters
/// @param metadata up to 20 strings by name, for the debit side's own use
record ReversalRequest(
    @Nullable Long amountMinor,
    @Nullable String reference,
    @Nullable Map<String, String> metadata) {

  ReversalRequest {
    if (amountMinor != null && (amountMinor < 1 || amountMinor > Money.AMOUNT_MAX_MINOR)) {
      throw new IllegalArgumentException("amountMinor must be from 1 to " + Money.AMOUNT_MAX_MINOR);
    }
    TransferRequest.check(reference, metadata);
  }

  Money money(Transfer original) {
    return new Money(
        amountMinor == null ? original.amountMinor() : amountMinor, original.currency());
  }

  Map<String, String> metadataOrEmpty() {
    return metadata == null ? Map.of() : metadata;
  }

  Fingerprint fingerprint(String initiator, UUID original) {
    List<@Nullable Object> parts = new ArrayList<>();
    parts.add("reverse-transfer");
    parts.add(initiator);
    parts.add(original);
    parts.add(amountMinor);
    parts.add(reference);
    new TreeMap<>(metadataOrEmpty())
        .forEach(
            (name, value) -> {
              parts.add(name);
              parts.add(value);
            });
    return Fingerprint.of(parts);
  }
}
