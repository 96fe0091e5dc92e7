package dev.payledger.gateway.limits;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.payledger.gateway.limits.Draw.Source;
import dev.payledger.gateway.limits.LimitStore.Grant;
import dev.payledger.gateway.limits.RateLimitProperties.Budget;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/// Slices of the buckets in Redis, leased by this node before they are spent, so that most requests
/// cost no round trip. Tokens in a slice are gone from the bucket: nothing is granted twice, and
/// what a caller may have beyond the budget is what slices hold.
final class LeasedBuckets implements TokenBuckets {
  private final LimitStore store;
  private final LocalBuckets part;
  private final TimeMeter time;
  private final int nodes;
  private final Duration leaseDuration;
  private final Cache<Holder, Slice> slices;

  LeasedBuckets(
      LimitStore store, LocalBuckets part, RateLimitProperties properties, TimeMeter time) {
    this.store = store;
    this.part = part;
    this.time = time;
    this.nodes = properties.nodes();
    this.leaseDuration = properties.leaseDuration();
    this.slices =
        Caffeine.newBuilder()
            // A slice that is dropped is lost to its caller, who has the less, and never the more.
            .maximumSize(properties.callersMax())
            .ticker(time::currentTimeNanos)
            .expireAfterAccess(
                properties
                    .longestRefill()
                    .plus(leaseDuration.multipliedBy(2))
                    .plus(LocalBuckets.ACCESS_TOLERANCE))
            .build();
  }

  /// What this node holds of one bucket, and what it last heard of the rest. Guarded by its lock.
  private static final class Slice {
    final ReentrantLock lock = new ReentrantLock();
    long tokens;
    long leasedNanos;
    boolean isHeardOf;
    double levelHeard;
    long heardNanos;
  }

  @Override
  public Draw take(Holder holder, int tokens) {
    Slice slice = slices.get(holder, _ -> new Slice());
    long deadline = time.currentTimeNanos() + store.timeout().toNanos();
    if (!isLocked(slice)) {
      return part.take(holder, tokens);
    }
    try {
      return take(holder, slice, tokens, deadline);
    } finally {
      slice.lock.unlock();
    }
  }

  private Draw take(Holder holder, Slice slice, int tokens, long deadline) {
    Budget budget = holder.budget();
    long now = time.currentTimeNanos();
    if (slice.tokens >= tokens) {
      slice.tokens -= tokens;
      return Draw.taken(Source.SLICE, budget, slice.tokens + level(slice, budget, now));
    }
    long missing = tokens - slice.tokens;
    // A flood of refused calls asks Redis once in a lease, not once each.
    if (isFresh(slice, now) && level(slice, budget, now) < missing) {
      return Draw.refused(Source.SLICE, budget, slice.tokens + level(slice, budget, now), tokens);
    }
    Optional<Grant> answer =
        now < deadline
            ? store.draw(
                holder,
                0,
                missing,
                Math.max(missing, sliceTokens(budget)),
                Duration.ofNanos(deadline - now))
            : Optional.empty();
    if (answer.isEmpty()) {
      return part.take(holder, tokens);
    }
    Grant grant = answer.get();
    hear(slice, grant, now);
    if (grant.tokens() == 0) {
      return Draw.refused(Source.REDIS, budget, slice.tokens + grant.level(), tokens);
    }
    slice.tokens += grant.tokens() - tokens;
    slice.leasedNanos = now;
    return Draw.taken(Source.REDIS, budget, slice.tokens + grant.level());
  }

  /// Gives back what lay unused for a lease, so that callers find it at other nodes. A crash, or an
  /// answer that does not come, loses such tokens to their callers until the bucket has refilled;
  /// giving back twice would make tokens of nothing.
  ///
  /// @return how many tokens were given back
  long runOnce() {
    long given = 0;
    for (Map.Entry<Holder, Slice> entry : slices.asMap().entrySet()) {
      Slice slice = entry.getValue();
      // One that is in use now is not idle.
      if (slice.lock.tryLock()) {
        try {
          long now = time.currentTimeNanos();
          if (slice.tokens > 0 && now - slice.leasedNanos >= leaseDuration.toNanos()) {
            long back = slice.tokens;
            slice.tokens = 0;
            Optional<Grant> answer = store.draw(entry.getKey(), back, 0, 0, store.timeout());
            if (answer.isEmpty()) {
              return given;
            }
            hear(slice, answer.get(), now);
            given += back;
          }
        } finally {
          slice.lock.unlock();
        }
      }
    }
    return given;
  }

  /// What a node's part refills during a lease; at least one token, which is spent at once.
  private long sliceTokens(Budget budget) {
    return Math.max(1, budget.perSecond() * leaseDuration.toMillis() / 1_000 / nodes);
  }

  private boolean isFresh(Slice slice, long now) {
    return slice.isHeardOf && now - slice.heardNanos < leaseDuration.toNanos();
  }

  /// What the bucket has by now if nobody else drew from it.
  private static double level(Slice slice, Budget budget, long now) {
    if (!slice.isHeardOf) {
      return 0;
    }
    double refilled = (now - slice.heardNanos) * (double) budget.perSecond() / 1_000_000_000L;
    return Math.min(budget.burst(), slice.levelHeard + refilled);
  }

  private static void hear(Slice slice, Grant grant, long now) {
    slice.isHeardOf = true;
    slice.levelHeard = grant.level();
    slice.heardNanos = now;
  }

  /// Callers of one bucket wait for the one among them that asks Redis. What they wait here is taken
  /// off what they may wait for Redis themselves.
  private boolean isLocked(Slice slice) {
    try {
      return slice.lock.tryLock(store.timeout().toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
