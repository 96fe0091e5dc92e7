package dev.payledger.ledger.request;

import java.time.Duration;

/// How long the caller still waits. It bounds waiting only: no money decision depends on it.
public final class TimeLeft {
  private final long deadline;

  private TimeLeft(long deadline) {
    this.deadline = deadline;
  }

  public static TimeLeft of(Duration duration) {
    return new TimeLeft(System.nanoTime() + duration.toNanos());
  }

  /// Never negative.
  public Duration toDuration() {
    return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
  }

  public boolean isOver() {
    return toDuration().isZero();
  }
}
