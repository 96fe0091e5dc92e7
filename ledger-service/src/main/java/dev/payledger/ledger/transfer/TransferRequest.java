package dev.payledger.ledger.transfer;

import dev.payledger.ledger.journal.Fingerprint;
import dev.payledger.ledger.journal.Money;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The body of `POST /v1/transfers`.
///
/// @param amountMinor minor units, a JSON integer from 1 to 2^53−1
/// @param reference up to 140 characters without control characters
/// @param metadata up to 20 strings by name, for the debit side's own use
record TransferRequest(
    UUID debitAccountId,
    UUID creditAccountId,
    Long amountMinor,
    String currency,
    @Nullable String reference,
    @Nullable Map<String, String> metadata) {

  TransferRequest {
    if (debitAccountId == null || creditAccountId == null) {
      throw new IllegalArgumentException("debitAccountId and creditAccountId are required");
    }
    if (amountMinor == null || currency == null) {
      throw new IllegalArgumentException("amountMinor and currency are required");
    }
    Money checked = new Money(amountMinor, currency);
    currency = checked.currency();
    check(reference, metadata);
  }

  /// What any request that makes a transfer may say about it.
  static void check(@Nullable String reference, @Nullable Map<String, String> metadata) {
    if (reference != null && !isText(reference, 140)) {
      throw new IllegalArgumentException(
          "reference must have at most 140 characters and no control characters");
    }
    if (metadata != null
        && (metadata.size() > 20
            || !metadata.entrySet().stream()
                .allMatch(
                    e ->
                        e.getKey() != null
                            && e.getValue() != null
                            && isText(e.getKey(), 40)
                            && isText(e.getValue(), 200)))) {
      throw new IllegalArgumentException(
          "metadata must have at most 20 entries of text: names to 40, values to 200 characters");
    }
  }

  Money money() {
    return new Money(amountMinor, currency);
  }

  Map<String, String> metadataOrEmpty() {
    return metadata == null ? Map.of() : metadata;
  }

  Fingerprint fingerprint(String initiator) {
    List<@Nullable Object> parts = new ArrayList<>();
    parts.add("create-transfer");
    parts.add(initiator);
    parts.add(debitAccountId);
    parts.add(creditAccountId);
    parts.add(amountMinor);
    parts.add(currency);
    parts.add(reference);
    new TreeMap<>(metadataOrEmpty())
        .forEach(
            (name, value) -> {
              parts.add(name);
              parts.add(value);
            });
    return Fingerprint.of(parts);
  }

  private static boolean isText(String text, int lengthMax) {
    return text.codePointCount(0, text.length()) <= lengthMax
        && text.codePoints()
            .noneMatch(
                c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE);
  }
}
