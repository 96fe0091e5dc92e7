package dev.payledger.ledger.request;

/// Free text in a request.
public final class Text {
  private static final int REASON_LENGTH_MAX = 200;
  private static final int BYTE_ORDER_MARK = 0xFEFF;

  private Text() {}

  /// Whether it has so many characters at most, and none that controls or that is half of one.
  public static boolean fits(String text, int lengthMax) {
    return text.codePointCount(0, text.length()) <= lengthMax
        && text.codePoints()
            .noneMatch(
                c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE);
  }

  /// Whether there is nothing but space in it: no-break spaces and the byte order mark are space too.
  public static boolean isBlank(String text) {
    return text.codePoints()
        .allMatch(
            c -> Character.isWhitespace(c) || Character.isSpaceChar(c) || c == BYTE_ORDER_MARK);
  }

  /// Why somebody does something.
  ///
  /// @throws IllegalArgumentException when it cannot be kept as it is
  public static void requireReason(String reason) {
    if (isBlank(reason) || !fits(reason, REASON_LENGTH_MAX)) {
      throw new IllegalArgumentException(
          "reason must have 1 to 200 characters and no control characters");
    }
  }
}
