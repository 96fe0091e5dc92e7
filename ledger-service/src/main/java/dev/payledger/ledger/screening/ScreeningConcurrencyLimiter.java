package dev.payledger.ledger.screening;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/// The calls that may be at fraud-service at once. Who asks too early waits, first come first served,
/// and no caller takes more than its share of the permits: one with a thousand transfers under way
/// stands in the common queue with a few of them only, and waits for itself with the rest.
///
/// Releases have permits of their own, so that a pile of them delays no verdict.
@Component
class ScreeningConcurrencyLimiter {
  private final ScreeningProperties properties;
  private final Semaphore permits;
  private final Semaphore releasePermits;
  private final ConcurrentHashMap<String, Share> shares = new ConcurrentHashMap<>();

  ScreeningConcurrencyLimiter(ScreeningProperties properties, MeterRegistry meters) {
    this.properties = properties;
    // Fair: else a late caller passes those that wait, and some wait without end.
    this.permits = new Semaphore(properties.permits(), true);
    this.releasePermits = new Semaphore(properties.releasePermits(), true);
    Gauge.builder("ledger.screening.permits.free", permits, Semaphore::availablePermits)
        .description("Calls of fraud-service that may begin now")
        .register(meters);
    Gauge.builder("ledger.screening.permits.waiting", permits, Semaphore::getQueueLength)
        .description(
            "Transfers that wait for a permit at fraud-service, within their callers' shares")
        .register(meters);
  }

  /// Held while a call is under way.
  interface Permit extends AutoCloseable {
    @Override
    void close();
  }

  /// One caller's permits, and how many of its transfers hold one or wait.
  private static final class Share {
    final Semaphore permits;
    int users;

    Share(int permits) {
      this.permits = new Semaphore(permits, true);
    }
  }

  /// A permit for a question about a transfer of the caller.
  ///
  /// @param shareWait how long it may wait for the caller's own others
  /// @param wait how long it may wait in all
  /// @return null when none became free in that time, or too many of the caller's wait already
  @Nullable Permit tryAcquire(String caller, Duration shareWait, Duration wait)
      throws InterruptedException {
    long deadline = System.nanoTime() + wait.toNanos();
    Share share = enter(caller);
    if (share == null) {
      return null;
    }
    boolean hasShare = false;
    boolean hasPlace = false;
    try {
      hasShare = share.permits.tryAcquire(shareWait.toNanos(), TimeUnit.NANOSECONDS);
      hasPlace =
          hasShare
              && permits.tryAcquire(
                  Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
    } finally {
      if (!hasPlace) {
        leave(caller, share, hasShare);
      }
    }
    return hasPlace
        ? () -> {
          permits.release();
          leave(caller, share, true);
        }
        : null;
  }

  /// A permit for a release; null when none became free in that time.
  @Nullable Permit tryAcquireForRelease(Duration wait) throws InterruptedException {
    return releasePermits.tryAcquire(wait.toNanos(), TimeUnit.NANOSECONDS)
        ? releasePermits::release
        : null;
  }

  /// Null when as many of the caller's are here as may be.
  private @Nullable Share enter(String caller) {
    Share share =
        shares.compute(
            caller,
            (name, known) -> {
              Share entered = known == null ? new Share(properties.permitsPerCaller()) : known;
              entered.users++;
              return entered;
            });
    if (share.permits.getQueueLength() >= properties.waitingPerCallerMax()) {
      leave(caller, share, false);
      return null;
    }
    return share;
  }

  /// The last one takes the caller's entry with it: only who is here is remembered.
  private void leave(String caller, Share share, boolean hasShare) {
    if (hasShare) {
      share.permits.release();
    }
    shares.computeIfPresent(caller, (name, known) -> --known.users == 0 ? null : known);
  }

  int callers() {
    return shares.size();
  }
}
