package dev.payledger.ledger.transfer;

import dev.payledger.ledger.request.Text;

/// The body of `POST /v1/operator/held-transfers/{id}/review`.
///
/// @param reason 1 to 200 characters without control characters
record ReviewRequest(Decision decision, String reason) {

  /// RETRY asks fraud screening again; the others decide in its place.
  enum Decision {
    RETRY,
    APPROVE,
    REJECT
  }

  ReviewRequest {
    if (decision == null) {
      throw new IllegalArgumentException("decision must be RETRY, APPROVE or REJECT");
    }
    Text.requireReason(reason == null ? "" : reason);
  }
}
