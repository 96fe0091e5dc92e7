package dev.payledger.ledger.request;

/// Free text in a request.
public final class Text {
  private static final int REASON_LENGTH_MAX = 200;

  private Text() {}

  /// Whether it has so many characters at most, and none that controls or that is half of one.
  public static boolean fits(String text, int lengthMax) {
    return text.codePointCount(0, text.length()) <= lengthMax
        && text.codePoints()
            .noneMatch(
                c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE);
  }

  /// Why somebody does something.
  ///
  /// @throws IllegalArgumentException when it cannot be kept as it is
  public static void requireReason(String reason) {
    if (reason.isBlank() || !fits(reason, REASON_LENGTH_MAX)) {
      throw new IllegalArgumentException(
          "reason must have 1 to 200 characters and no control characters");
    }
  }
}
