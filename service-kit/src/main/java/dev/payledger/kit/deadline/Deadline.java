package dev.payledger.kit.deadline;

import dev.payledger.kit.problem.CommonErrorCode;
import dev.payledger.kit.problem.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;

/// The moment after which the caller no longer waits. It bounds waiting, and stops work from starting;
/// no money decision depends on it.
///
/// It is kept on this process's monotonic clock, so that a step of the wall clock ends no request.
public final class Deadline {
  private static final String ATTRIBUTE = Deadline.class.getName();

  private final long startNanos;
  private final long endNanos;

  private Deadline(long startNanos, Duration duration) {
    this.startNanos = startNanos;
    this.endNanos = startNanos + duration.toNanos();
  }

  public static Deadline after(Duration duration) {
    return new Deadline(System.nanoTime(), duration);
  }

  /// The deadline that a filter or an interceptor has set for the request.
  public static Deadline of(HttpServletRequest request) {
    if (request.getAttribute(ATTRIBUTE) instanceof Deadline set) {
      return set;
    }
    throw new IllegalStateException("the request has no deadline yet");
  }

  public void putInto(HttpServletRequest request) {
    request.setAttribute(ATTRIBUTE, this);
  }

  /// What is left, never negative.
  public Duration remaining() {
    // By difference: nanoTime may wrap.
    return Duration.ofNanos(Math.max(0, endNanos - System.nanoTime()));
  }

  /// Since the start of the request's time.
  public Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - startNanos);
  }

  public boolean hasPassed() {
    return remaining().isZero();
  }

  /// The answer to a request whose work has not begun in time.
  public static ProblemException exceeded() {
    return new ProblemException(
        CommonErrorCode.UNAVAILABLE,
        "The request's time was over before the work began, so nothing was done. Repeat it with more"
            + " time.");
  }
}
