package dev.payledger.ledger.pools;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// How many connections for reads each caller holds. Who has its share waits for itself: slow reads of
/// one caller leave connections to the others, however many gateways they come through.
final class ReadShares {
  private final int perCallerMax;
  private final Map<String, Integer> byCaller = new HashMap<>();

  ReadShares(int perCallerMax) {
    this.perCallerMax = perCallerMax;
  }

  /// Whether the caller may have one more, now or within the time; who may must `release`. Those that
  /// wait hold no connection.
  synchronized boolean take(String caller, Duration atMost) throws InterruptedException {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (byCaller.getOrDefault(caller, 0) >= perCallerMax) {
      long leftNanos = deadline - System.nanoTime();
      if (leftNanos <= 0) {
        return false;
      }
      TimeUnit.NANOSECONDS.timedWait(this, leftNanos);
    }
    byCaller.merge(caller, 1, Integer::sum);
    return true;
  }

  synchronized void release(String caller) {
    byCaller.computeIfPresent(caller, (_, own) -> own == 1 ? null : own - 1);
    // All of them: those that wait are of several callers.
    notifyAll();
  }
}
