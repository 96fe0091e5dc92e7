package dev.payledger.fraud.web;

/// Text that a person writes into a request.
public final class RequiredText {
  private RequiredText() {}

  /// Throws when the text is blank, too long, or has control characters: those would forge lines in a
  /// log, and PostgreSQL cannot hold U+0000 at all.
  public static void check(String name, String text, int charactersMax) {
    if (text.isBlank()
        || text.length() > charactersMax
        || text.codePoints().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(name + " is out of range");
    }
  }
}
