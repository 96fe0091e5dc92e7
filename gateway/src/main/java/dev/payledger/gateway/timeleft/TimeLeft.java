package dev.payledger.gateway.timeleft;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;

/// How long this request may still take. Bounds waiting only: nothing is decided by it.
///
/// Kept on the monotonic clock, so that a step of the wall clock ends no request.
public final class TimeLeft {
  private static final String ATTRIBUTE = TimeLeft.class.getName();
  private final long startNanos;
  private final long endNanos;

  private TimeLeft(long startNanos, Duration duration) {
    this.startNanos = startNanos;
    this.endNanos = startNanos + duration.toNanos();
  }

  public static TimeLeft of(Duration duration) {
    return new TimeLeft(System.nanoTime(), duration);
  }

  /// The time of this request, which `TimeLeftFilter` has set.
  public static TimeLeft of(HttpServletRequest request) {
    if (request.getAttribute(ATTRIBUTE) instanceof TimeLeft set) {
      return set;
    }
    throw new IllegalStateException("TimeLeftFilter has not run");
  }

  void putInto(HttpServletRequest request) {
    request.setAttribute(ATTRIBUTE, this);
  }

  /// What is left, never negative.
  public Duration remaining() {
    return Duration.ofNanos(Math.max(0, endNanos - System.nanoTime()));
  }

  public Duration spent() {
    return Duration.ofNanos(System.nanoTime() - startNanos);
  }

  public boolean isOver() {
    return remaining().isZero();
  }
}
