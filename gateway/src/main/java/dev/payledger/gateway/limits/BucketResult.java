package dev.payledger.gateway.limits;

import dev.payledger.gateway.limits.RateLimitProperties.Budget;
import java.time.Duration;

/// What came of asking a bucket for tokens.
///
/// @param remaining whole tokens left
/// @param nextIn when refused, how long until the same would be granted; otherwise, how long until
///     there is another token
record BucketResult(Source source, boolean isTaken, long remaining, Duration nextIn) {

  /// Who counted.
  enum Source {
    LOCAL,
    REDIS,
    /// A lease that this node holds, or what it knows of the bucket that leases come from.
    LEASE,
    /// This node's part, because Redis did not answer.
    PART
  }

  static BucketResult taken(Source source, Budget budget, double level) {
    // In debt, the next token is further away than one.
    return new BucketResult(
        source, true, Math.max(0, (long) level), budget.timeFor(Math.max(1, 1 - level)));
  }

  static BucketResult refused(Source source, Budget budget, double level, int tokens) {
    return new BucketResult(
        source, false, Math.max(0, (long) level), budget.timeFor(tokens - level));
  }
}
