package dev.payledger.ledger.account;

import dev.payledger.ledger.request.Text;
import org.jspecify.annotations.Nullable;

/// The body of `POST /v1/accounts/{id}/unfreeze`, `close` and `reopen`, which may be absent.
///
/// @param reason for the trail of changes
record ChangeRequest(@Nullable String reason) {
  static final ChangeRequest EMPTY = new ChangeRequest(null);

  ChangeRequest {
    requireReason(reason);
  }

  static void requireReason(@Nullable String reason) {
    if (reason != null) {
      Text.requireReason(reason);
    }
  }
}
