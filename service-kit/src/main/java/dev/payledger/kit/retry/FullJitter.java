package dev.payledger.kit.retry;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/// Exponential backoff with full jitter: a pause is random below a bound that doubles with each
/// attempt up to a cap, so that clients which failed together do not return together. (AWS
/// Architecture Blog, "Exponential Backoff And Jitter".)
///
/// @param base bound of the first pause; zero means no pause
/// @param cap greatest bound
public record FullJitter(Duration base, Duration cap) {
  private static final long NANOS_PER_MILLISECOND = 1_000_000;

  public FullJitter {
    if (base.isNegative() || cap.compareTo(base) < 0) {
      throw new IllegalArgumentException("a backoff has 0 <= base <= cap");
    }
  }

  /// The pause before the next attempt in whole milliseconds, rounded up: zero only when the bound is.
  ///
  /// @param attempt 0 for the first pause
  public Duration pause(int attempt) {
    long millis = Math.ceilDiv(pauseNanos(attempt), NANOS_PER_MILLISECOND);
    return Duration.ofMillis(millis);
  }

  /// The same as nanoseconds, not rounded: 1 to the bound, or zero when the bound is.
  public long pauseNanos(int attempt) {
    long bound = boundNanos(attempt);
    return bound == 0 ? 0 : 1 + ThreadLocalRandom.current().nextLong(bound);
  }

  private long boundNanos(int attempt) {
    long first = base.toNanos();
    long most = cap.toNanos();
    int doublings = Math.min(attempt, Long.SIZE - 2);
    // The cap is divided because the doubled base can overflow.
    return first > most >> doublings ? most : first << doublings;
  }
}
