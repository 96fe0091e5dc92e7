package dev.payledger.gateway.limits;

import dev.payledger.gateway.limits.RateLimitProperties.Budget;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/// Calls at random instants that keep a bucket near its edges: bursts at one instant, pauses that
/// refill exactly as many tokens as the next call costs or one microsecond less, and long silences.
record Trace(Budget budget, List<Call> calls) {

  /// @param pauseMicros since the call before
  record Call(long pauseMicros, int tokens, int node) {}

  static Trace of(RandomGenerator random, int nodes, int length) {
    Budget budget = new Budget(random.nextInt(nodes, 400), random.nextInt(nodes, 600));
    return new Trace(
        budget, Stream.generate(() -> call(random, budget, nodes)).limit(length).toList());
  }

  private static Call call(RandomGenerator random, Budget budget, int nodes) {
    int tokens =
        random.nextInt(4) == 0
            ? random.nextInt(1, budget.burst() + 1)
            : random.nextInt(1, Math.min(budget.burst(), 5) + 1);
    long refillMicros = Math.ceilDiv(tokens * 1_000_000L, budget.perSecond());
    long pauseMicros =
        switch (random.nextInt(10)) {
          case 0, 1, 2 -> 0;
          case 3, 4 -> refillMicros;
          case 5, 6 -> refillMicros - 1;
          case 7, 8 -> random.nextLong(2 * refillMicros + 1);
          default -> random.nextLong(3_000_000L * budget.burst() / budget.perSecond() + 1);
        };
    return new Call(pauseMicros, tokens, random.nextInt(nodes));
  }
}
