package dev.payledger.gateway.shedding;

import dev.payledger.gateway.forward.ConcurrencyPermit;
import dev.payledger.gateway.forward.UpstreamResult;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/// Requests that only wait, for a transfer's end or for another request with their key: the service has nothing to do for them meanwhile, so
/// they take none of the permits of those that it works for. They are bounded by themselves, and each caller's
/// too.
final class WaitingRequestLimiter {
  private final Semaphore free;
  private final CallerConcurrencyLimiter callers;

  WaitingRequestLimiter(SheddingProperties.Waits bounds) {
    this.free = new Semaphore(bounds.totalMax());
    this.callers =
        new CallerConcurrencyLimiter(
            new SheddingProperties.Caller(bounds.perCallerMax(), 0, Duration.ZERO));
  }

  /// Empty when there are enough that wait.
  Optional<ConcurrencyPermit> tryAcquire(String caller) throws InterruptedException {
    if (!callers.tryAcquire(caller, 1, Duration.ZERO)) {
      return Optional.empty();
    }
    if (!free.tryAcquire()) {
      callers.release(caller, 1);
      return Optional.empty();
    }
    return Optional.of(new Wait(caller));
  }

  private final class Wait implements ConcurrencyPermit {
    private final String caller;
    private boolean isHeld = true;

    Wait(String caller) {
      this.caller = caller;
    }

    /// How long it takes is the caller's wish and no sign of load.
    @Override
    public void recordResult(UpstreamResult forwarded, long nanos) {}

    @Override
    public void reduceWeight(int weight) {}

    @Override
    public void release() {
      if (isHeld) {
        isHeld = false;
        free.release();
        callers.release(caller, 1);
      }
    }

    @Override
    public boolean tryWait() {
      return isHeld;
    }

    /// Sent once, and given back only when it is answered.
    @Override
    public boolean tryReacquire(Duration remaining) {
      return isHeld;
    }
  }
}
