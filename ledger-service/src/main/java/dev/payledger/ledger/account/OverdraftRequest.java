package dev.payledger.ledger.account;

import dev.payledger.ledger.money.Money;
import org.jspecify.annotations.Nullable;

/// The body of `POST /v1/accounts/{id}/overdraft`.
///
/// @param limitMinor how far the available balance may be below zero: minor units, 0 to 2^53−1
/// @param reason for the trail of changes
record OverdraftRequest(Long limitMinor, @Nullable String reason) {
  OverdraftRequest {
    if (limitMinor == null || limitMinor < 0 || limitMinor > Money.AMOUNT_MAX_MINOR) {
      throw new IllegalArgumentException("limitMinor must be from 0 to " + Money.AMOUNT_MAX_MINOR);
    }
    ChangeRequest.requireReason(reason);
  }
}
