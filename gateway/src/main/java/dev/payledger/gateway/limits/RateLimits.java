package dev.payledger.gateway.limits;

import dev.payledger.gateway.limits.RateLimitProperties.Budget;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Locale;
import org.springframework.stereotype.Component;

/// Whether a call is within its caller's budget. A call costs one token or more.
@Component
public class RateLimits {
  private final RateLimitProperties properties;
  private final TokenBuckets buckets;
  // Apart from the others, for they take a day to refill: no flood of callers pushes them out. Each
  // node counts its part, so that a key costs no round trip.
  private final LocalBuckets keys;
  private final MeterRegistry meters;

  RateLimits(RateLimitProperties properties, TokenBuckets buckets, MeterRegistry meters) {
    this.properties = properties;
    this.buckets = buckets;
    this.keys =
        new LocalBuckets(
            properties,
            BucketResult.Source.PART,
            LimitsConfiguration.TIME,
            properties.longestRefill(properties.keys()));
    this.meters = meters;
  }

  /// A call of a known caller.
  public RateLimitResult take(RouteClass routeClass, String caller, int cost) {
    return take(bucketKey(routeClass, caller), cost, cost);
  }

  /// The rest of a call's cost, of which the first token was taken before its body was read.
  ///
  /// @param cost the whole of it, at least 2
  public RateLimitResult takeRest(RouteClass routeClass, String caller, int cost) {
    return take(bucketKey(routeClass, caller), cost, cost - 1);
  }

  /// What is stored under a key of a known caller: as much as it asks for.
  public RateLimitResult takeKeys(String caller, int cost) {
    return take(keys, new BucketKey("keys", properties.keys(), caller), cost, cost);
  }

  /// A call from an address, whoever it claims to be.
  public RateLimitResult takeByAddress(RouteClass routeClass, String remoteAddress) {
    return take(bucketKey(routeClass, NetworkAddress.of(remoteAddress)), 1, 1);
  }

  /// A request for a token by what claims to be a client.
  public RateLimitResult takeByClient(String clientId, String remoteAddress) {
    return take(
        bucketKey(RouteClass.TOKENS, clientId + "@" + NetworkAddress.of(remoteAddress)), 1, 1);
  }

  private RateLimitResult take(BucketKey bucketKey, int cost, int tokens) {
    return take(buckets, bucketKey, cost, tokens);
  }

  private RateLimitResult take(TokenBuckets from, BucketKey bucketKey, int cost, int tokens) {
    Budget budget = bucketKey.budget();
    if (cost > budget.burst()) {
      count(bucketKey, "none", "cost-above-burst");
      return new RateLimitResult.CostsTooMuch(bucketKey.policy(), budget, cost);
    }
    BucketResult result = from.take(bucketKey, tokens);
    count(
        bucketKey,
        result.source().name().toLowerCase(Locale.ROOT),
        result.isTaken() ? "allowed" : "refused");
    if (result.isTaken()) {
      return new RateLimitResult.Allowed(
          bucketKey.policy(), budget, result.remaining(), result.nextIn());
    }
    // Who comes again pays from the first token on.
    Duration first = budget.timeFor((double) cost - tokens);
    return new RateLimitResult.Refused(
        bucketKey.policy(), budget, result.remaining(), result.nextIn().plus(first), cost);
  }

  private BucketKey bucketKey(RouteClass routeClass, String caller) {
    return new BucketKey(
        routeClass.name().toLowerCase(Locale.ROOT).replace('_', '-'),
        properties.budget(routeClass),
        caller);
  }

  private void count(BucketKey bucketKey, String source, String outcome) {
    meters
        .counter(
            "gateway.limit.decided",
            "policy",
            bucketKey.policy(),
            "source",
            source,
            "outcome",
            outcome)
        .increment();
  }
}
