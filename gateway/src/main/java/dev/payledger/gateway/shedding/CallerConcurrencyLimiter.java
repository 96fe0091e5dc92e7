package dev.payledger.gateway.shedding;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// The permits that each caller has of its own, so that nobody's requests leave no room for others'.
/// What finds none waits a moment, in the order in which it came: a batch, which needs several, is
/// passed by no later request. Callers without a request are not kept.
final class CallerConcurrencyLimiter {
  private static final class Permits {
    private final Semaphore free;
    private int users;

    Permits(int number) {
      this.free = new Semaphore(number, true);
    }
  }

  private final ConcurrentMap<String, Permits> byCaller = new ConcurrentHashMap<>();
  private final SheddingProperties.Caller bounds;

  CallerConcurrencyLimiter(SheddingProperties.Caller bounds) {
    this.bounds = bounds;
  }

  /// How many permits a request of this weight takes: one that weighs more than there are takes all.
  int permitsFor(int weight) {
    return Math.min(weight, bounds.inFlightMax());
  }

  /// Whether there are so many permits, now or within the time; a caller that is admitted must `release`.
  boolean tryAcquire(String caller, int permits, Duration remaining) throws InterruptedException {
    Permits own =
        Objects.requireNonNull(
            byCaller.compute(
                caller,
                (_, known) -> {
                  Permits used = known == null ? new Permits(bounds.inFlightMax()) : known;
                  used.users++;
                  return used;
                }));
    boolean isAdmitted = false;
    try {
      Duration wait =
          own.free.getQueueLength() >= bounds.waitingMax()
              ? Duration.ZERO
              : shorter(bounds.waitMax(), remaining);
      isAdmitted = own.free.tryAcquire(permits, wait.toNanos(), TimeUnit.NANOSECONDS);
      return isAdmitted;
    } finally {
      if (!isAdmitted) {
        release(caller, 0);
      }
    }
  }

  /// Gives some of a request's permits back; it keeps at least one until it leaves.
  void releasePart(String caller, int permits) {
    Objects.requireNonNull(byCaller.get(caller)).free.release(permits);
  }

  void release(String caller, int permits) {
    byCaller.compute(
        caller,
        (_, known) -> {
          Permits used = Objects.requireNonNull(known);
          used.free.release(permits);
          used.users--;
          return used.users == 0 ? null : used;
        });
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
