package dev.payledger.ledger.saga;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/// Exponential backoff with full jitter: a random wait below a bound that doubles with each attempt,
/// so that many waiters do not come back together, nor one without a pause.
final class Backoff {
  private final Duration base;
  private final Duration max;

  Backoff(Duration base, Duration max) {
    this.base = base;
    this.max = max;
  }

  Duration pause(int attempts) {
    long ceiling = Math.min(max.toMillis(), base.toMillis() << Math.min(attempts, 20));
    return Duration.ofMillis(
        ThreadLocalRandom.current().nextLong(Math.min(1, ceiling), ceiling + 1));
  }
}
