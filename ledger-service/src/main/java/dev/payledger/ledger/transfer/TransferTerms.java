package dev.payledger.ledger.transfer;

import dev.payledger.ledger.command.Fingerprint;
import dev.payledger.ledger.request.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What any request that makes a transfer may say about it, for the debit side's own use.
///
/// @param reference up to 140 characters without control characters
/// @param metadata up to 20 strings by name
record TransferTerms(@Nullable String reference, @Nullable Map<String, String> metadata) {
  static final int REFERENCE_LENGTH_MAX = 140;

  TransferTerms {
    if (reference != null && !Text.fits(reference, REFERENCE_LENGTH_MAX)) {
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
                            && Text.fits(e.getKey(), 40)
                            && Text.fits(e.getValue(), 200)))) {
      throw new IllegalArgumentException(
          "metadata must have at most 20 entries of text: names to 40, values to 200 characters");
    }
  }

  Map<String, String> metadataOrEmpty() {
    return metadata == null ? Map.of() : metadata;
  }

  /// Of a request that says this and more. The order of the metadata makes no difference.
  Fingerprint fingerprint(List<@Nullable Object> more) {
    List<@Nullable Object> parts = new ArrayList<>(more);
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
