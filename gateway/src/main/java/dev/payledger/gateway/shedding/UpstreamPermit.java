package dev.payledger.gateway.shedding;

import dev.payledger.gateway.forward.ConcurrencyPermit;
import dev.payledger.gateway.forward.UpstreamResponse;
import dev.payledger.gateway.forward.UpstreamResult;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// A permit of its caller's and one of those that a `ConcurrencyLimiter` has,
/// or meanwhile one of `WaitingRequestLimiter`.
/// Used by the thread of its request alone.
final class UpstreamPermit implements ConcurrencyPermit {
  private final CallerConcurrencyLimiter callers;
  private final ConcurrencyLimiter limiter;
  private final WaitingRequestLimiter waits;
  private final String caller;
  private final Priority priority;
  private final String route;
  private int permits;
  private boolean isHeld;
  private @Nullable ConcurrencyPermit wait;

  UpstreamPermit(
      CallerConcurrencyLimiter callers,
      ConcurrencyLimiter limiter,
      WaitingRequestLimiter waits,
      String caller,
      int weight,
      Priority priority,
      String route) {
    this.callers = callers;
    this.limiter = limiter;
    this.waits = waits;
    this.caller = caller;
    this.permits = callers.permitsFor(weight);
    this.priority = priority;
    this.route = route;
  }

  /// The result of asking for a permit.
  enum Acquisition {
    ADMITTED,
    CALLER_LIMIT_REACHED,
    LIMIT_REACHED
  }

  /// The caller's own permit comes first: who waits for that one keeps nobody else waiting.
  Acquisition acquire(Duration remaining) throws InterruptedException {
    long start = System.nanoTime();
    if (!callers.tryAcquire(caller, permits, remaining)) {
      return Acquisition.CALLER_LIMIT_REACHED;
    }
    try {
      Duration left = remaining.minusNanos(System.nanoTime() - start);
      isHeld = limiter.tryAcquire(priority, left.isNegative() ? Duration.ZERO : left);
      return isHeld ? Acquisition.ADMITTED : Acquisition.LIMIT_REACHED;
    } finally {
      if (!isHeld) {
        callers.release(caller, permits);
      }
    }
  }

  @Override
  public void reduceWeight(int weight) {
    int needed = callers.permitsFor(weight);
    if (isHeld && needed < permits) {
      callers.releasePart(caller, permits - needed);
      permits = needed;
    }
  }

  @Override
  public void recordResult(UpstreamResult forwarded, long nanos) {
    switch (forwarded) {
      case UpstreamResult.Answered(UpstreamResponse answer) when answer.status() < 300 ->
          limiter.answered(route, nanos);
      case UpstreamResult.Answered(UpstreamResponse answer) when answer.status() == 503 ->
          limiter.refused();
      case UpstreamResult.Unknown _ -> limiter.unanswered(route, nanos);
      case UpstreamResult.Answered _, UpstreamResult.NotSent _ -> {}
    }
  }

  @Override
  public void release() {
    if (isHeld) {
      isHeld = false;
      limiter.release();
      callers.release(caller, permits);
    }
    if (wait != null) {
      wait.release();
      wait = null;
    }
  }

  @Override
  public boolean tryWait() {
    if (wait != null) {
      return true;
    }
    release();
    try {
      wait = waits.tryAcquire(caller).orElse(null);
      return wait != null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public boolean tryReacquire(Duration remaining) {
    if (isHeld) {
      return true;
    }
    // Early: it waits for permits now, of which there is a bound too.
    release();
    try {
      return acquire(remaining) == Acquisition.ADMITTED;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
