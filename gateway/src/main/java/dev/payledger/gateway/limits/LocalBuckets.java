package dev.payledger.gateway.limits;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.payledger.gateway.limits.RateLimitProperties.Budget;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;

/// Buckets of this process, each of this node's part of the budget. What all nodes together grant is
/// within the budget, and a caller who reaches one node only gets that node's part.
final class LocalBuckets implements TokenBuckets {
  /// Caffeine notes the time of an access only when the last one it noted is a second old, so that what
  /// was used a moment ago may look a second older.
  static final Duration ACCESS_TOLERANCE = Duration.ofSeconds(2);

  private final int nodes;
  private final BucketResult.Source source;
  private final TimeMeter time;
  private final Cache<BucketKey, Bucket> buckets;

  LocalBuckets(RateLimitProperties properties, BucketResult.Source source, TimeMeter time) {
    this(properties, source, time, properties.longestRefill());
  }

  /// @param longestRefill of any budget that is drawn on here
  LocalBuckets(
      RateLimitProperties properties,
      BucketResult.Source source,
      TimeMeter time,
      Duration longestRefill) {
    this.nodes = properties.nodes();
    this.source = source;
    this.time = time;
    this.buckets =
        Caffeine.newBuilder()
            .maximumSize(properties.callersMax())
            .ticker(time::currentTimeNanos)
            // By then an idle bucket is full again, so that dropping it gives nothing away.
            .expireAfterAccess(longestRefill.plus(ACCESS_TOLERANCE))
            .build();
  }

  @Override
  public BucketResult take(BucketKey bucketKey, int tokens) {
    Budget part = bucketKey.budget().part(nodes);
    Bucket bucket = buckets.get(bucketKey, _ -> bucket(part));
    // What is dearer than a whole part takes a full one and leaves a debt: refusing it permanently
    // would be a "no" that no waiting turns into a "yes".
    int atOnce = Math.min(tokens, part.burst());
    ConsumptionProbe probe = bucket.tryConsumeAndReturnRemaining(atOnce);
    if (!probe.isConsumed()) {
      return new BucketResult(
          source,
          false,
          Math.max(0, probe.getRemainingTokens()),
          Duration.ofNanos(probe.getNanosToWaitForRefill()));
    }
    int debt = tokens - atOnce;
    if (debt > 0) {
      bucket.consumeIgnoringRateLimits(debt);
    }
    return BucketResult.taken(source, part, (double) probe.getRemainingTokens() - debt);
  }

  private Bucket bucket(Budget budget) {
    return Bucket.builder()
        .addLimit(
            limit ->
                limit
                    .capacity(budget.burst())
                    .refillGreedy(budget.perSecond(), Duration.ofSeconds(1)))
        .withCustomTimePrecision(time)
        .build();
  }
}
