package dev.payledger.fraud.web;

import java.time.Duration;

/// The moment after which the caller no longer waits, on this process's monotonic clock. It only
/// stops work from starting; work that has started finishes.
public record Deadline(long nanoTime) {
  public static Deadline in(Duration left) {
    return new Deadline(System.nanoTime() + left.toNanos());
  }

  public boolean hasPassed() {
    // Compared by difference: nanoTime may wrap.
    return System.nanoTime() - nanoTime >= 0;
  }
}
