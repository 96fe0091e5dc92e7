package dev.payledger.fraud.intake;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.springframework.util.backoff.BackOff;
import org.springframework.util.backoff.BackOffExecution;

/// Waits a random part of a time that doubles up to a cap, so that consumers which failed together do
/// not come back together.
///
/// @param retriesMax how often to try again; `FOR_EVER` never gives up
record FullJitter(Duration first, Duration cap, long retriesMax) implements BackOff {
  static final long FOR_EVER = Long.MAX_VALUE;

  FullJitter {
    if (!first.isPositive() || cap.compareTo(first) < 0 || retriesMax < 0) {
      throw new IllegalArgumentException("a back-off has 0 < first <= cap and retries >= 0");
    }
  }

  @Override
  public BackOffExecution start() {
    return new BackOffExecution() {
      private long retries;

      @Override
      public long nextBackOff() {
        if (retries == retriesMax) {
          return STOP;
        }
        long bound = cap.toMillis();
        if (retries < 20) {
          bound = Math.min(bound, first.toMillis() << retries);
        }
        retries++;
        return ThreadLocalRandom.current().nextLong(bound + 1);
      }
    };
  }
}
