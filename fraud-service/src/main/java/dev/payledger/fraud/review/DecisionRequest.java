package dev.payledger.fraud.review;

/// The body of `POST /reviews/{transferId}`.
///
/// @param note why, 1 … 1000 characters
/// @param decidedBy who, 1 … 100 characters; the caller's word until services and people have
///     credentials here
record DecisionRequest(Decision decision, String note, String decidedBy) {
  DecisionRequest {
    requireText("note", note, 1_000);
    requireText("decidedBy", decidedBy, 100);
  }

  private static void requireText(String name, String text, int charactersMax) {
    // Control characters would forge lines in a log; PostgreSQL cannot hold U+0000 at all.
    if (text.isBlank()
        || text.length() > charactersMax
        || text.codePoints().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(name + " is out of range");
    }
  }
}
