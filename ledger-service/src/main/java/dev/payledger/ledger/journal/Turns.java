package dev.payledger.ledger.journal;

import java.time.Duration;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Commands on one account wait here, inside this process, before their transaction begins. A
/// snapshot taken before waiting for a row lock is stale when the lock comes, and a serializable
/// transaction then fails and starts over; on a hot account nearly all would.
///
/// For throughput only. Safety never rests on it: another process does not see these turns.
final class Turns {
  private final ReentrantLock[] stripes;

  Turns(int stripeCount) {
    stripes = Stream.generate(ReentrantLock::new).limit(stripeCount).toArray(ReentrantLock[]::new);
  }

  /// Takes the turn of every key, or gives up when the bound is over.
  ///
  /// @return the taken turn, to be closed; null when the time was over first
  @Nullable Turn take(Duration bound, UUID... keys) {
    // Ascending stripes, so that two callers with the same accounts swapped never wait in a circle.
    int[] wanted =
        Arrays.stream(keys)
            .mapToInt(key -> Math.floorMod(key.hashCode(), stripes.length))
            .distinct()
            .sorted()
            .toArray();
    long deadline = System.nanoTime() + bound.toNanos();
    for (int taken = 0; taken < wanted.length; taken++) {
      if (!takeBefore(deadline, stripes[wanted[taken]])) {
        release(wanted, taken);
        return null;
      }
    }
    return () -> release(wanted, wanted.length);
  }

  private static boolean takeBefore(long deadline, ReentrantLock stripe) {
    try {
      return stripe.tryLock(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void release(int[] wanted, int count) {
    for (int i = count - 1; i >= 0; i--) {
      stripes[wanted[i]].unlock();
    }
  }

  /// A taken turn.
  interface Turn extends AutoCloseable {
    @Override
    void close();
  }
}
