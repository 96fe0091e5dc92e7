package dev.payledger.ledger.transfer;

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
    if (reason == null || reason.isBlank() || !TransferTerms.isText(reason, 200)) {
      throw new IllegalArgumentException(
          "reason must have 1 to 200 characters and no control characters");
    }
  }
}
