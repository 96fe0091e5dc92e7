package dev.payledger.fraud.assessment;

import jakarta.persistence.Embeddable;
import java.util.UUID;

/// One debit and credit of a transfer, as it is asked about and as it is stored.
///
/// @param amountMinor minor units, 1 … 2^53−1
@Embeddable
public record Leg(UUID debitAccountId, UUID creditAccountId, long amountMinor) {
  public static final long AMOUNT_MINOR_MAX = (1L << 53) - 1;

  public Leg {
    if (amountMinor < 1 || amountMinor > AMOUNT_MINOR_MAX) {
      throw new IllegalArgumentException("amountMinor is out of range");
    }
  }
}
