package dev.payledger.gateway.limits;

import dev.payledger.gateway.limits.BucketResult.Source;

/// Buckets in Redis, shared by all nodes: one round trip for each request, and this node's part
/// when Redis does not answer in time.
final class RedisBuckets implements TokenBuckets {
  private final LimitStore store;
  private final LocalBuckets part;

  RedisBuckets(LimitStore store, LocalBuckets part) {
    this.store = store;
    this.part = part;
  }

  @Override
  public BucketResult take(BucketKey bucketKey, int tokens) {
    return store
        .draw(bucketKey, 0, tokens, tokens, store.timeout())
        .map(
            grant ->
                grant.tokens() > 0
                    ? BucketResult.taken(Source.REDIS, bucketKey.budget(), grant.level())
                    : BucketResult.refused(Source.REDIS, bucketKey.budget(), grant.level(), tokens))
        .orElseGet(() -> part.take(bucketKey, tokens));
  }
}
