package dev.payledger.fraud.alert;

import dev.payledger.fraud.web.RequiredText;

/// The body of `POST /reviews/{transferId}`.
///
/// @param note why, 1 … 1000 characters
/// @param decidedBy who, 1 … 100 characters; the caller's word until services and people have
///     credentials here
record AlertDecisionRequest(AlertDecision decision, String note, String decidedBy) {
  AlertDecisionRequest {
    RequiredText.check("note", note, 1_000);
    RequiredText.check("decidedBy", decidedBy, 100);
  }
}
