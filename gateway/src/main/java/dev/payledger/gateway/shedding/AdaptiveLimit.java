package dev.payledger.gateway.shedding;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// How many requests at once a service can take, found out by looking at how long they take.
///
/// Up to its capacity a service answers more requests at once in the same time; beyond it they queue
/// in it, and the time grows. Each answer's time is compared with the least one that was seen lately
/// on the same route, so that slow routes among fast ones say nothing. In each window the median of these
/// slowdowns moves the limit: towards `limit × tolerated ÷ slowdown`, plus its square root as room to
/// find out more. A median, because a few that wait for something else say nothing about the service.
/// Only what was done counts, not what was refused as a bad request: that is quick for another reason.
///
/// Not thread-safe: its `ConcurrencyLimiter` holds a lock.
final class AdaptiveLimit {
  /// A slowdown up to this is no sign of a queue.
  private static final double TOLERATED = 1.5;

  /// One window says little: this is its weight.
  private static final double WEIGHT = 0.3;

  /// A limit never falls faster, whatever a window shows.
  private static final double GRADIENT_MIN = 0.5;

  private static final int SAMPLES_MIN = 10;
  private static final int SAMPLES_MAX = 1_000;

  private final SheddingProperties properties;
  private final Map<String, Baseline> baselines = new HashMap<>();
  private final double[] slowdowns = new double[SAMPLES_MAX];
  private int samples;
  private int inFlightMost;
  private long windowEndNanos;
  private double limit;

  AdaptiveLimit(SheddingProperties properties, long nowNanos) {
    this.properties = properties;
    this.limit = properties.limitStart();
    this.windowEndNanos = nowNanos + properties.window().toNanos();
  }

  int current() {
    return (int) limit;
  }

  /// The service did what was asked.
  ///
  /// @param inFlight how many there were, this one included
  void answered(String route, long tookNanos, int inFlight, long nowNanos) {
    Baseline baseline = baselines.computeIfAbsent(route, name -> new Baseline());
    baseline.see(tookNanos, nowNanos);
    record(baseline.slowdown(tookNanos), inFlight, nowNanos);
  }

  /// Nobody knows how long it would have taken, but at least this long.
  void unanswered(String route, long waitedNanos, int inFlight, long nowNanos) {
    Baseline baseline = baselines.get(route);
    if (baseline != null) {
      record(baseline.slowdown(waitedNanos), inFlight, nowNanos);
    }
  }

  /// The service says itself that it cannot take more.
  void refused(int inFlight, long nowNanos) {
    record(Double.POSITIVE_INFINITY, inFlight, nowNanos);
  }

  private void record(double slowdown, int inFlight, long nowNanos) {
    inFlightMost = Math.max(inFlightMost, inFlight);
    if (samples < SAMPLES_MAX) {
      slowdowns[samples++] = slowdown;
    }
    if (nowNanos - windowEndNanos >= 0 && samples >= SAMPLES_MIN) {
      move();
      samples = 0;
      inFlightMost = 0;
      windowEndNanos = nowNanos + properties.window().toNanos();
    }
  }

  private void move() {
    double gradient = Math.clamp(TOLERATED / median(), GRADIENT_MIN, 1);
    double target = limit * gradient + Math.sqrt(limit);
    // A limit that nobody comes near is not tried out, so it does not grow.
    if (target > limit && inFlightMost < limit / 2) {
      return;
    }
    limit =
        Math.clamp(limit + WEIGHT * (target - limit), properties.limitMin(), properties.limitMax());
  }

  private double median() {
    double[] sorted = Arrays.copyOf(slowdowns, samples);
    Arrays.sort(sorted);
    return sorted[samples / 2];
  }

  /// The least time of a route in this half minute or the one before.
  private final class Baseline {
    private long leastNanos = Long.MAX_VALUE;
    private long leastBeforeNanos = Long.MAX_VALUE;
    private long endNanos;
    private boolean isStarted;

    void see(long tookNanos, long nowNanos) {
      if (!isStarted || nowNanos - endNanos >= 0) {
        leastBeforeNanos = leastNanos;
        leastNanos = Long.MAX_VALUE;
        endNanos = nowNanos + properties.baselineKept().toNanos();
        isStarted = true;
      }
      leastNanos = Math.min(leastNanos, Math.max(1, tookNanos));
    }

    double slowdown(long nanos) {
      return (double) nanos / Math.min(leastNanos, leastBeforeNanos);
    }
  }
}
