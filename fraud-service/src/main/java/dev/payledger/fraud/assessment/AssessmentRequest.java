package dev.payledger.fraud.assessment;

import java.util.UUID;

/// What is to be assessed. Equal requests get the same answer, whatever their spelling.
///
/// @param amountMinor minor units, 1 … 2^53−1
/// @param operatorInitiated exempt from the amount and velocity rules
record AssessmentRequest(
    UUID debitAccountId,
    UUID creditAccountId,
    long amountMinor,
    String currency,
    boolean operatorInitiated) {

  private static final long AMOUNT_MINOR_MAX = (1L << 53) - 1;

  AssessmentRequest {
    if (amountMinor < 1 || amountMinor > AMOUNT_MINOR_MAX) {
      throw new IllegalArgumentException("amountMinor is out of range");
    }
    if (!currency.matches("[A-Z]{3}")) {
      throw new IllegalArgumentException("currency is three capital letters");
    }
  }
}
