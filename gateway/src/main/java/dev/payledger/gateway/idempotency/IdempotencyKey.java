package dev.payledger.gateway.idempotency;

/// The caller's name for one intended effect: 1 to 255 printable ASCII characters, unquoted.
public record IdempotencyKey(String value) {
  static final int LENGTH_MAX = 255;

  public IdempotencyKey {
    if (value.isEmpty() || value.length() > LENGTH_MAX || !value.matches("[ -~]+")) {
      throw new IllegalArgumentException("not an idempotency key");
    }
  }
}
