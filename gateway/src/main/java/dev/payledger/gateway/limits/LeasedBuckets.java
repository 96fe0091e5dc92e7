package dev.payledger.gateway.limits;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.payledger.gateway.limits.BucketResult.Source;
import dev.payledger.gateway.limits.LimitStore.Grant;
import dev.payledger.gateway.limits.RateLimitProperties.Budget;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/// Token leases on the buckets in Redis, taken by this node before they are spent, so that most requests
/// cost no round trip. Tokens in a lease are gone from the bucket: nothing is granted twice, and
/// what a caller may have beyond the budget is what leases hold.
final class LeasedBuckets implements TokenBuckets {
  private final LimitStore store;
  private final LocalBuckets part;
  private final TimeMeter time;
  private final int nodes;
  private final Duration leaseDuration;
  private final Cache<BucketKey, TokenLease> leases;

  LeasedBuckets(
      LimitStore store, LocalBuckets part, RateLimitProperties properties, TimeMeter time) {
    this.store = store;
    this.part = part;
    this.time = time;
    this.nodes = properties.nodes();
    this.leaseDuration = properties.leaseDuration();
    this.leases =
        Caffeine.newBuilder()
            // A lease that is dropped is lost to its caller, who has the less, and never the more.
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
  private static final class TokenLease {
    final ReentrantLock lock = new ReentrantLock();
    long tokens;
    long leasedNanos;
    boolean isLevelKnown;
    double lastLevel;
    long lastUpdateNanos;
  }

  @Override
  public BucketResult take(BucketKey bucketKey, int tokens) {
    TokenLease lease = leases.get(bucketKey, _ -> new TokenLease());
    long deadline = time.currentTimeNanos() + store.timeout().toNanos();
    if (!isLocked(lease)) {
      return part.take(bucketKey, tokens);
    }
    try {
      return take(bucketKey, lease, tokens, deadline);
    } finally {
      lease.lock.unlock();
    }
  }

  private BucketResult take(BucketKey bucketKey, TokenLease lease, int tokens, long deadline) {
    Budget budget = bucketKey.budget();
    long now = time.currentTimeNanos();
    if (lease.tokens >= tokens) {
      lease.tokens -= tokens;
      return BucketResult.taken(Source.LEASE, budget, lease.tokens + level(lease, budget, now));
    }
    long missing = tokens - lease.tokens;
    // A flood of refused calls asks Redis once in a lease, not once each.
    if (isFresh(lease, now) && level(lease, budget, now) < missing) {
      return BucketResult.refused(
          Source.LEASE, budget, lease.tokens + level(lease, budget, now), tokens);
    }
    Optional<Grant> answer =
        now < deadline
            ? store.draw(
                bucketKey,
                0,
                missing,
                Math.max(missing, leaseTokens(budget)),
                Duration.ofNanos(deadline - now))
            : Optional.empty();
    if (answer.isEmpty()) {
      return part.take(bucketKey, tokens);
    }
    Grant grant = answer.get();
    update(lease, grant, now);
    if (grant.tokens() == 0) {
      return BucketResult.refused(Source.REDIS, budget, lease.tokens + grant.level(), tokens);
    }
    lease.tokens += grant.tokens() - tokens;
    lease.leasedNanos = now;
    return BucketResult.taken(Source.REDIS, budget, lease.tokens + grant.level());
  }

  /// Gives back what lay unused for a lease, so that callers find it at other nodes. A crash, or an
  /// answer that does not come, loses such tokens to their callers until the bucket has refilled;
  /// giving back twice would make tokens of nothing.
  ///
  /// @return how many tokens were given back
  long runOnce() {
    long given = 0;
    for (Map.Entry<BucketKey, TokenLease> entry : leases.asMap().entrySet()) {
      TokenLease lease = entry.getValue();
      // One that is in use now is not idle.
      if (lease.lock.tryLock()) {
        try {
          long now = time.currentTimeNanos();
          if (lease.tokens > 0 && now - lease.leasedNanos >= leaseDuration.toNanos()) {
            long back = lease.tokens;
            lease.tokens = 0;
            Optional<Grant> answer = store.draw(entry.getKey(), back, 0, 0, store.timeout());
            if (answer.isEmpty()) {
              return given;
            }
            update(lease, answer.get(), now);
            given += back;
          }
        } finally {
          lease.lock.unlock();
        }
      }
    }
    return given;
  }

  /// What a node's part refills during a lease; at least one token, which is spent at once.
  private long leaseTokens(Budget budget) {
    return Math.max(1, budget.perSecond() * leaseDuration.toMillis() / 1_000 / nodes);
  }

  private boolean isFresh(TokenLease lease, long now) {
    return lease.isLevelKnown && now - lease.lastUpdateNanos < leaseDuration.toNanos();
  }

  /// What the bucket has by now if nobody else drew from it.
  private static double level(TokenLease lease, Budget budget, long now) {
    if (!lease.isLevelKnown) {
      return 0;
    }
    double refilled = (now - lease.lastUpdateNanos) * (double) budget.perSecond() / 1_000_000_000L;
    return Math.min(budget.burst(), lease.lastLevel + refilled);
  }

  private static void update(TokenLease lease, Grant grant, long now) {
    lease.isLevelKnown = true;
    lease.lastLevel = grant.level();
    lease.lastUpdateNanos = now;
  }

  /// Callers of one bucket wait for the one among them that asks Redis. What they wait here is taken
  /// off what they may wait for Redis themselves.
  private boolean isLocked(TokenLease lease) {
    try {
      return lease.lock.tryLock(store.timeout().toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
