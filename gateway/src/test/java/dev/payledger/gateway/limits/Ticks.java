package dev.payledger.gateway.limits;

import dev.payledger.gateway.limits.RateLimitProperties.Budget;
import dev.payledger.gateway.limits.RateLimitProperties.Mode;
import dev.payledger.gateway.limits.RateLimitProperties.Redis;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/// A monotonic clock that stands still until a test moves it, and limits to try on it.
final class Ticks implements TimeMeter {
  /// How long Redis is left alone after it has failed.
  static final Duration RETRY_AFTER = Duration.ofMillis(200);

  private final AtomicLong nanos = new AtomicLong(1_000_000_000_000_000L);

  void advance(Duration by) {
    nanos.addAndGet(by.toNanos());
  }

  void advanceMicros(long micros) {
    nanos.addAndGet(micros * 1_000);
  }

  @Override
  public long currentTimeNanos() {
    return nanos.get();
  }

  @Override
  public boolean isWallClockBased() {
    return false;
  }

  static RateLimitProperties properties(int nodes, Budget budget) {
    return properties(nodes, budget, "redis://127.0.0.1:1");
  }

  static RateLimitProperties properties(int nodes, Budget budget, String redis) {
    return new RateLimitProperties(
        Mode.LOCAL,
        nodes,
        Duration.ofMillis(200),
        new Redis(redis, null, Duration.ofMillis(50), RETRY_AFTER),
        budget,
        budget,
        budget,
        budget,
        budget,
        budget,
        budget,
        1_000);
  }
}
