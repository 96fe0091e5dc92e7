package dev.payledger.kit.consumer;

import dev.payledger.kit.retry.FullJitter;
import org.springframework.util.backoff.BackOff;
import org.springframework.util.backoff.BackOffExecution;

/// Full jitter as Spring asks for it.
///
/// @param retriesMax `UNBOUNDED` never stops
record JitteredBackOff(FullJitter backoff, int retriesMax) implements BackOff {
  static final int UNBOUNDED = -1;

  @Override
  public BackOffExecution start() {
    return new BackOffExecution() {
      private int retries;

      @Override
      public long nextBackOff() {
        if (retries == retriesMax) {
          return STOP;
        }
        long pause = backoff.pause(retries).toMillis();
        // Stays within int: the bound no longer changes after so many doublings.
        retries = retriesMax == UNBOUNDED ? Math.min(retries + 1, Long.SIZE) : retries + 1;
        return pause;
      }
    };
  }
}
