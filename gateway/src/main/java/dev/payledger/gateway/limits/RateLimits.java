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
            Draw.Source.PART,
            LimitsConfiguration.TIME,
            properties.longestRefill(properties.keys()));
    this.meters = meters;
  }

  /// A call of a known caller.
  public Decision take(RouteClass routeClass, String caller, int cost) {
    return take(holder(routeClass, caller), cost, cost);
  }

  /// The rest of a call's cost, of which the first token was taken before its body was read.
  ///
  /// @param cost the whole of it, at least 2
  public Decision takeRest(RouteClass routeClass, String caller, int cost) {
    return take(holder(routeClass, caller), cost, cost - 1);
  }

  /// What is stored under a key of a known caller: as much as it asks for.
  public Decision takeKeys(String caller, int cost) {
    return take(keys, new Holder("keys", properties.keys(), caller), cost, cost);
  }

  /// A call from an address, whoever it claims to be.
  public Decision takeByAddress(RouteClass routeClass, String remoteAddress) {
    return take(holder(routeClass, NetworkAddress.of(remoteAddress)), 1, 1);
  }

  /// A request for a token by what claims to be a client.
  public Decision takeByClient(String clientId, String remoteAddress) {
    return take(holder(RouteClass.TOKENS, clientId + "@" + NetworkAddress.of(remoteAddress)), 1, 1);
  }

  private Decision take(Holder holder, int cost, int tokens) {
    return take(buckets, holder, cost, tokens);
  }

  private Decision take(TokenBuckets from, Holder holder, int cost, int tokens) {
    Budget budget = holder.budget();
    if (cost > budget.burst()) {
      count(holder, "none", "cost-above-burst");
      return new Decision.CostsTooMuch(holder.policy(), budget, cost);
    }
    Draw draw = from.take(holder, tokens);
    count(
        holder,
        draw.source().name().toLowerCase(Locale.ROOT),
        draw.isTaken() ? "allowed" : "refused");
    if (draw.isTaken()) {
      return new Decision.Allowed(holder.policy(), budget, draw.remaining(), draw.nextIn());
    }
    // Who comes again pays from the first token on.
    Duration first = budget.timeFor((double) cost - tokens);
    return new Decision.Refused(
        holder.policy(), budget, draw.remaining(), draw.nextIn().plus(first), cost);
  }

  private Holder holder(RouteClass routeClass, String caller) {
    return new Holder(
        routeClass.name().toLowerCase(Locale.ROOT).replace('_', '-'),
        properties.budget(routeClass),
        caller);
  }

  private void count(Holder holder, String source, String outcome) {
    meters
        .counter(
            "gateway.limit.decided",
            "policy",
            holder.policy(),
            "source",
            source,
            "outcome",
            outcome)
        .increment();
  }
}
