package dev.payledger.fraud.web;

/// Text that a person writes into a request.
public final class RequiredText {
  private static final int BYTE_ORDER_MARK = 0xFEFF;

  private RequiredText() {}

  /// Throws when the text is blank, too long, or has control characters: those would forge lines in a
  /// log, and PostgreSQL cannot hold U+0000 at all. No-break spaces and the byte order mark are blank.
  public static void check(String name, String text, int charactersMax) {
    if (text.codePoints()
            .allMatch(
                c -> Character.isWhitespace(c) || Character.isSpaceChar(c) || c == BYTE_ORDER_MARK)
        || text.length() > charactersMax
        || text.codePoints().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(name + " is out of range");
    }
  }
}
