package dev.payledger.gateway.limits;

import dev.payledger.gateway.limits.RateLimitProperties.Budget;
import java.math.BigInteger;

/// What a token bucket is, written for the eye and not for speed: the level is a fraction, kept
/// exactly, and grows with every nanosecond.
final class ReferenceBucket {
  private static final BigInteger NANOS = BigInteger.valueOf(1_000_000_000);

  private final BigInteger perSecond;
  private final BigInteger full;
  private BigInteger level;
  private long at;

  ReferenceBucket(Budget budget, long now) {
    this(budget.perSecond(), budget.burst(), now);
  }

  ReferenceBucket(int perSecond, long burst, long now) {
    this.perSecond = BigInteger.valueOf(perSecond);
    this.full = BigInteger.valueOf(burst).multiply(NANOS);
    this.level = full;
    this.at = now;
  }

  boolean take(long tokens, long now) {
    if (!has(tokens, now)) {
      return false;
    }
    charge(tokens, now);
    return true;
  }

  boolean has(long tokens, long now) {
    refill(now);
    return level.compareTo(BigInteger.valueOf(tokens).multiply(NANOS)) >= 0;
  }

  /// Takes tokens whether they are there or not.
  void charge(long tokens, long now) {
    refill(now);
    level = level.subtract(BigInteger.valueOf(tokens).multiply(NANOS));
  }

  long wholeTokens() {
    return level.divide(NANOS).longValueExact();
  }

  private void refill(long now) {
    BigInteger refilled = BigInteger.valueOf(now - at).multiply(perSecond);
    level = full.min(level.add(refilled));
    at = now;
  }
}
