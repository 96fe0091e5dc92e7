package dev.payledger.fraud.assessment;

import jakarta.persistence.Embeddable;
import java.time.Instant;
import java.util.UUID;

/// What an approved transfer put on the velocity counter of one of its debit accounts.
///
/// @param reservedMinor minor units, the sum of the transfer's legs that debit the account
@Embeddable
record Reservation(
    UUID debitAccountId, String currency, Instant windowStartsAt, long reservedMinor) {

  Window window() {
    return new Window(currency, windowStartsAt);
  }
}
