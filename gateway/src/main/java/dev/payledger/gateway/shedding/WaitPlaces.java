package dev.payledger.gateway.shedding;

import dev.payledger.gateway.forward.Forwarded;
import dev.payledger.gateway.forward.Permit;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/// Requests that only wait, for a transfer's end or for another request with their key: the service has nothing to do for them meanwhile, so
/// they take none of the places of those that it works for. They are bounded by themselves, and each caller's
/// too.
final class WaitPlaces {
  private final Semaphore free;
  private final CallerPlaces callers;

  WaitPlaces(SheddingProperties.Waits bounds) {
    this.free = new Semaphore(bounds.totalMax());
    this.callers =
        new CallerPlaces(new SheddingProperties.Caller(bounds.perCallerMax(), 0, Duration.ZERO));
  }

  /// Empty when there are enough that wait.
  Optional<Permit> enter(String caller) throws InterruptedException {
    if (!callers.enter(caller, 1, Duration.ZERO)) {
      return Optional.empty();
    }
    if (!free.tryAcquire()) {
      callers.leave(caller, 1);
      return Optional.empty();
    }
    return Optional.of(new Wait(caller));
  }

  private final class Wait implements Permit {
    private final String caller;
    private boolean isHeld = true;

    Wait(String caller) {
      this.caller = caller;
    }

    /// How long it takes is the caller's wish and no sign of load.
    @Override
    public void ended(Forwarded forwarded, long nanos) {}

    @Override
    public void weighs(int weight) {}

    @Override
    public void giveBack() {
      if (isHeld) {
        isHeld = false;
        free.release();
        callers.leave(caller, 1);
      }
    }

    @Override
    public boolean waitsInstead() {
      return isHeld;
    }

    /// Sent once, and given back only when it is answered.
    @Override
    public boolean isHeldAgain(Duration timeLeft) {
      return isHeld;
    }
  }
}
