package dev.payledger.ledger.journal;

import dev.payledger.ledger.journal.CommitOutcome.Aborted;
import dev.payledger.ledger.journal.CommitOutcome.Committed;
import dev.payledger.ledger.journal.CommitOutcome.Unknown;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/// Repeats a transaction until it is decided: at most `attemptsMax` times, within the caller's time,
/// waiting between attempts with exponential backoff and full jitter, so that callers who collided
/// once do not collide again in step.
final class Attempts {
  private final JournalProperties properties;

  Attempts(JournalProperties properties) {
    this.properties = properties;
  }

  /// @param deadline in the terms of `System.nanoTime`
  /// @throws JournalUnavailable when the bound or the time was over first
  <T> T run(long deadline, Supplier<CommitOutcome<T>> attempt) {
    boolean isUnknown = false;
    for (int n = 1; ; n++) {
      Exception cause;
      switch (attempt.get()) {
        case Committed<T>(T value) -> {
          return value;
        }
        case Aborted<T>(Exception aborted) -> cause = aborted;
        // Run again like an abort: the command's id, or the saga's step, shows whether the first
        // one
        // arrived. Once unknown it stays so, until an attempt is committed.
        case Unknown<T>(Exception lost) -> {
          cause = lost;
          isUnknown = true;
        }
      }
      Duration pause = pause(n);
      if (n >= properties.attemptsMax()
          || System.nanoTime() + pause.toNanos() >= deadline
          || Thread.currentThread().isInterrupted()) {
        throw new JournalUnavailable(isUnknown, cause);
      }
      LockSupport.parkNanos(pause.toNanos());
    }
  }

  private Duration pause(int attempt) {
    long ceiling =
        Math.min(
            properties.backoffMax().toNanos(),
            properties.backoffBase().toNanos() << Math.min(attempt - 1, 20));
    return Duration.ofNanos(ThreadLocalRandom.current().nextLong(ceiling + 1));
  }
}
