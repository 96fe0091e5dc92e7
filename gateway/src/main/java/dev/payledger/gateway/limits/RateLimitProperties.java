package dev.payledger.gateway.limits;

import java.time.Duration;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/// How often one caller may call each class of route, and where that is counted.
///
/// `tokens` is per client and address on the token endpoint; `keySet` and `description` are per address.
/// `keys` is per caller and gateway: an idempotency key is kept for
/// a day, so that what a caller may store is what it may send in one, `burst` and a day's refill.
///
/// @param mode which of the places `LimitsConfiguration` makes
/// @param nodes gateways that share the budgets: what a node counts by itself is its part of them
/// @param leaseDuration how long a lease may lie unused, in mode `leased`; a lease holds what a node's
///     part refills in that time
/// @param callersMax buckets kept in this process
@ConfigurationProperties("gateway.rate-limit")
public record RateLimitProperties(
    Mode mode,
    int nodes,
    Duration leaseDuration,
    Redis redis,
    Budget money,
    Budget reads,
    Budget feed,
    Budget tokens,
    Budget keySet,
    Budget description,
    Budget keys,
    int callersMax) {

  public enum Mode {
    LOCAL,
    REDIS,
    LEASED
  }

  /// @param url `redis://user@host:port`
  /// @param password of that user, if it needs one
  /// @param timeout the longest that a request waits for Redis, connecting included
  /// @param retryAfter how long Redis is left alone after it failed several times
  public record Redis(
      String url, @Nullable String password, Duration timeout, Duration retryAfter) {
    private static final Duration TIMEOUT_MAX = Duration.ofMillis(50);

    public Redis {
      if (!timeout.isPositive() || timeout.compareTo(TIMEOUT_MAX) > 0) {
        throw new IllegalArgumentException(
            "gateway.rate-limit.redis.timeout must be positive and at most " + TIMEOUT_MAX);
      }
      if (!retryAfter.isPositive()) {
        throw new IllegalArgumentException("gateway.rate-limit.redis.retry-after must be positive");
      }
    }
  }

  /// A token bucket: `burst` tokens at once, refilled at `perSecond`.
  public record Budget(int perSecond, int burst) {
    public Budget {
      if (perSecond < 1 || burst < 1) {
        throw new IllegalArgumentException("a rate limit needs at least 1 per second and burst 1");
      }
    }

    /// One node's part. Rounded down, so that all parts together are never more than the whole.
    Budget part(int nodes) {
      return new Budget(perSecond / nodes, burst / nodes);
    }

    /// How long it takes to refill so many tokens.
    Duration timeFor(double tokens) {
      return Duration.ofNanos((long) Math.ceil(tokens * 1_000_000_000L / perSecond));
    }
  }

  public RateLimitProperties {
    if (callersMax < 1) {
      throw new IllegalArgumentException("gateway.rate-limit.callers-max must be positive");
    }
    if (!leaseDuration.isPositive()) {
      throw new IllegalArgumentException("gateway.rate-limit.lease-duration must be positive");
    }
    int least =
        Stream.of(money, reads, feed, tokens, keySet, description, keys)
            .mapToInt(budget -> Math.min(budget.perSecond(), budget.burst()))
            .min()
            .orElseThrow();
    if (nodes < 1 || nodes > least) {
      throw new IllegalArgumentException(
          "gateway.rate-limit.nodes must be from 1 to the smallest budget (%d): each node's part"
                  .formatted(least)
              + " is a whole number of tokens");
    }
  }

  Budget budget(RouteClass routeClass) {
    return switch (routeClass) {
      case MONEY -> money;
      case READS -> reads;
      case FEED -> feed;
      case TOKENS -> tokens;
      case KEY_SET -> keySet;
      case DESCRIPTION -> description;
    };
  }

  /// The longest that any bucket of calls in a node's part takes from its deepest debt to full.
  Duration longestRefill() {
    return Stream.of(money, reads, feed, tokens, keySet, description)
        .map(this::longestRefill)
        .max(Duration::compareTo)
        .orElseThrow();
  }

  Duration longestRefill(Budget budget) {
    return budget.part(nodes).timeFor(budget.burst());
  }
}
