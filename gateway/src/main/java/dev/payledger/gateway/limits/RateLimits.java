package dev.payledger.gateway.limits;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.payledger.gateway.limits.RateLimitProperties.Budget;
import dev.payledger.gateway.routes.RouteClass;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.Locale;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/// Token buckets of this process, one per caller and budget.
@Component
public class RateLimits {
  private record Holder(String budget, String caller) {}

  private final RateLimitProperties properties;
  private final TimeMeter time;
  private final Cache<Holder, Bucket> buckets;

  // On the monotonic clock: a step of the wall clock must not refill or freeze a bucket.
  @Autowired
  RateLimits(RateLimitProperties properties) {
    this(properties, TimeMeter.SYSTEM_NANOTIME);
  }

  RateLimits(RateLimitProperties properties, TimeMeter time) {
    this.properties = properties;
    this.time = time;
    this.buckets =
        Caffeine.newBuilder()
            .maximumSize(properties.callersMax())
            // An idle bucket is full again long before it is dropped, so that dropping gives
            // nothing
            // away.
            .expireAfterAccess(Duration.ofMinutes(10))
            .build();
  }

  /// One call of a known caller.
  Decision take(RouteClass routeClass, String caller) {
    return take(
        routeClass.name().toLowerCase(Locale.ROOT),
        switch (routeClass) {
          case MONEY -> properties.money();
          case READS -> properties.reads();
          case FEED -> properties.feed();
          case OPEN -> properties.open();
        },
        caller);
  }

  /// One call without a token from an address, whoever it claims to be.
  Decision takeByAddress(String address) {
    return take("address", properties.address(), address);
  }

  private Decision take(String name, Budget budget, String caller) {
    Bucket bucket = buckets.get(new Holder(name, caller), holder -> bucket(budget));
    ConsumptionProbe probe = bucket.tryConsumeAndReturnRemaining(1);
    return new Decision(
        name,
        budget,
        probe.isConsumed(),
        probe.getRemainingTokens(),
        Duration.ofNanos(probe.getNanosToWaitForReset()),
        Duration.ofNanos(probe.getNanosToWaitForRefill()));
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
