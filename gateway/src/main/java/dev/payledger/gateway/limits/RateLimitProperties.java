package dev.payledger.gateway.limits;

import org.springframework.boot.context.properties.ConfigurationProperties;

/// How often one caller may call each class of route, and how many callers are remembered.
///
/// `open` is per client id and address on the token endpoint, `address` per address on everything
/// that is served without a token.
@ConfigurationProperties("gateway.rate-limit")
public record RateLimitProperties(
    Budget money, Budget reads, Budget feed, Budget open, Budget address, int callersMax) {

  /// A token bucket: `burst` calls at once, refilled at `perSecond`.
  public record Budget(int perSecond, int burst) {
    public Budget {
      if (perSecond < 1 || burst < 1) {
        throw new IllegalArgumentException("a rate limit needs at least 1 per second and burst 1");
      }
    }
  }

  public RateLimitProperties {
    if (callersMax < 1) {
      throw new IllegalArgumentException("gateway.rate-limit.callers-max must be positive");
    }
  }
}
