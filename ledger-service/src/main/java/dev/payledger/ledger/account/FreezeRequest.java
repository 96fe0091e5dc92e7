package dev.payledger.ledger.account;

import dev.payledger.ledger.command.Sides;
import org.jspecify.annotations.Nullable;

/// The body of `POST /v1/accounts/{id}/freeze`, which may be absent.
///
/// @param side absent: an owner's freeze stops debits, an operator's both
/// @param reason for the trail of changes
record FreezeRequest(@Nullable Sides side, @Nullable String reason) {
  static final FreezeRequest EMPTY = new FreezeRequest(null, null);

  FreezeRequest {
    if (side == Sides.NONE) {
      throw new IllegalArgumentException("side must be DEBITS, CREDITS or BOTH");
    }
    ChangeRequest.requireReason(reason);
  }
}
