package dev.payledger.gateway.idempotency;

import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Wakes duplicates of a command when its holder in this process is done. Only a shortcut: whoever
/// waits looks into the database afterwards, and a holder in another process is found by polling.
final class CompletionSignals {
  private final ConcurrentMap<UUID, CountDownLatch> waited = new ConcurrentHashMap<>();

  /// Waits until the command's holder is done, at most as long as said; a spurious return is fine.
  void await(UUID commandId, Duration atMost) throws InterruptedException {
    CountDownLatch latch = waited.computeIfAbsent(commandId, id -> new CountDownLatch(1));
    try {
      if (latch.await(atMost.toNanos(), TimeUnit.NANOSECONDS)) {
        return;
      }
    } finally {
      // Whoever gives up takes the latch along, or the map would grow with every other process's
      // key.
      waited.remove(commandId, latch);
    }
  }

  void signal(UUID commandId) {
    CountDownLatch latch = waited.remove(commandId);
    if (latch != null) {
      latch.countDown();
    }
  }
}
