package dev.payledger.kit.consumer;

import java.util.UUID;

/// A UUID in its 36 characters. `UUID.fromString` also takes `1-1-1-1-1`, by which one id would have
/// several spellings.
final class ExactUuid {
  private ExactUuid() {}

  static UUID parse(String what, String text) {
    UUID id;
    try {
      id = UUID.fromString(text);
    } catch (IllegalArgumentException e) {
      throw new UnreadableEventException(what + ": not a UUID", e);
    }
    UnreadableEventException.unless(
        id.toString().equalsIgnoreCase(text), what + ": not a UUID in its 36 characters");
    return id;
  }
}
