package dev.payledger.fraud.review;

import dev.payledger.fraud.web.RequiredText;

/// The body of `POST /reviews/{transferId}`.
///
/// @param note why, 1 … 1000 characters
/// @param decidedBy who, 1 … 100 characters; the caller's word until services and people have
///     credentials here
record DecisionRequest(Decision decision, String note, String decidedBy) {
  DecisionRequest {
    RequiredText.check("note", note, 1_000);
    RequiredText.check("decidedBy", decidedBy, 100);
  }
}
