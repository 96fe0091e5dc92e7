package dev.payledger.gateway.limits;

import io.github.bucket4j.TimeMeter;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

/// One of three places to count, by `gateway.rate-limit.mode`. Without Redis in it, nothing of its
/// client is loaded.
@Configuration(proxyBeanMethods = false)
class LimitsConfiguration {
  // The monotonic clock: a step of the wall clock must not refill or freeze a bucket.
  static final TimeMeter TIME = TimeMeter.SYSTEM_NANOTIME;

  @Bean
  @ConditionalOnProperty(name = "gateway.rate-limit.mode", havingValue = "local")
  LocalBuckets localBuckets(RateLimitProperties properties) {
    return new LocalBuckets(properties, BucketResult.Source.LOCAL, TIME);
  }

  @Bean
  @ConditionalOnProperty(name = "gateway.rate-limit.mode", havingValue = "redis")
  RedisBuckets redisBuckets(LimitStore store, RateLimitProperties properties) {
    return new RedisBuckets(store, part(properties));
  }

  @Bean
  @ConditionalOnProperty(name = "gateway.rate-limit.mode", havingValue = "leased")
  LeasedBuckets leasedBuckets(LimitStore store, RateLimitProperties properties) {
    return new LeasedBuckets(store, part(properties), properties, TIME);
  }

  // Made when one of the two above asks for it, and closed with the process.
  @Bean
  @Lazy
  LimitStore limitStore(RateLimitProperties properties, MeterRegistry meters) {
    return new LimitStore(
        properties.redis(), properties.redis().timeout(), LimitStore.script(), meters);
  }

  private static LocalBuckets part(RateLimitProperties properties) {
    return new LocalBuckets(properties, BucketResult.Source.PART, TIME);
  }
}
