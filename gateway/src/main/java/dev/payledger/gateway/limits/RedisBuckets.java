package dev.payledger.gateway.limits;

import dev.payledger.gateway.limits.Draw.Source;

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
  public Draw take(Holder holder, int tokens) {
    return store
        .draw(holder, 0, tokens, tokens, store.timeout())
        .map(
            grant ->
                grant.tokens() > 0
                    ? Draw.taken(Source.REDIS, holder.budget(), grant.level())
                    : Draw.refused(Source.REDIS, holder.budget(), grant.level(), tokens))
        .orElseGet(() -> part.take(holder, tokens));
  }
}
