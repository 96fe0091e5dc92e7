package dev.payledger.ledger.transfer;

import java.util.HashMap;
import java.util.Map;

/// Requests that wait for a transfer's end: few enough that the reads with which they look leave
/// connections for money, and of each caller a part, so that none takes all of them.
final class Waiters {
  private final int totalMax;
  private final int perCallerMax;
  private final Map<String, Integer> byCaller = new HashMap<>();
  private int total;

  Waiters(int totalMax, int perCallerMax) {
    if (perCallerMax < 1 || perCallerMax >= totalMax) {
      throw new IllegalArgumentException("one caller may have some of the waiters, not all");
    }
    this.totalMax = totalMax;
    this.perCallerMax = perCallerMax;
  }

  /// Whether one more may wait; who may must `leave`.
  synchronized boolean enter(String caller) {
    int own = byCaller.getOrDefault(caller, 0);
    if (total >= totalMax || own >= perCallerMax) {
      return false;
    }
    total++;
    byCaller.put(caller, own + 1);
    return true;
  }

  synchronized void leave(String caller) {
    total--;
    byCaller.computeIfPresent(caller, (_, own) -> own == 1 ? null : own - 1);
  }
}
