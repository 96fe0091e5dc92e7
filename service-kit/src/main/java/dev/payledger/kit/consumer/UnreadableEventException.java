package dev.payledger.kit.consumer;

/// A record breaks its topic's contract. The message is for an operator and may quote the record.
public final class UnreadableEventException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnreadableEventException(String message) {
    super(message);
  }

  UnreadableEventException(String message, Throwable cause) {
    super(message, cause);
  }

  /// The message, which is never null.
  public String reason() {
    return String.valueOf(getMessage());
  }

  /// Throws when the claim is false.
  public static void unless(boolean claim, String message) {
    if (!claim) {
      throw new UnreadableEventException(message);
    }
  }
}
