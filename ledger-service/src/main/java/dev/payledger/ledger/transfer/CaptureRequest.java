package dev.payledger.ledger.transfer;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.payledger.ledger.command.Fingerprint;
import dev.payledger.ledger.money.Money;
import java.util.Arrays;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The body of `POST /v1/transfers/{id}/capture`.
///
/// @param amountMinor minor units, a JSON integer; absent for all that is left
/// @param isFinal whether what is left after it is given back
record CaptureRequest(
    @Nullable Long amountMinor, @JsonProperty("final") @Nullable Boolean isFinal) {
  static final CaptureRequest ALL = new CaptureRequest(null, null);

  CaptureRequest {
    if (amountMinor != null && (amountMinor < 1 || amountMinor > Money.AMOUNT_MAX_MINOR)) {
      throw new IllegalArgumentException("amountMinor must be from 1 to " + Money.AMOUNT_MAX_MINOR);
    }
  }

  boolean isTheLast() {
    return Boolean.TRUE.equals(isFinal);
  }

  Fingerprint fingerprint(String caller, UUID transfer) {
    return Fingerprint.of(
        Arrays.asList("capture-transfer", caller, transfer, amountMinor, isTheLast()));
  }
}
