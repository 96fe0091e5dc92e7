package dev.payledger.gateway.shedding;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;

/// Load shedding, for each service behind.
///
/// @param limitStart requests at once before anything is known
/// @param limitMin never fewer
/// @param limitMax never more
/// @param window how long the limit stays as it is, at least
/// @param baselineKept a route's least time is forgotten after one to two of these
@ConfigurationProperties("gateway.shedding")
public record SheddingProperties(
    int limitStart,
    int limitMin,
    int limitMax,
    Duration window,
    Duration baselineKept,
    Queue critical,
    Queue interactive) {

  /// How many may wait for a place, and how long.
  public record Queue(int lengthMax, Duration waitMax) {
    private static final Queue NONE = new Queue(0, Duration.ZERO);

    public Queue {
      if (lengthMax < 0 || waitMax.isNegative()) {
        throw new IllegalArgumentException(
            "gateway.shedding: length-max and wait-max of a queue must not be negative");
      }
    }
  }

  public SheddingProperties {
    if (limitMin < 1 || limitStart < limitMin || limitMax < limitStart) {
      throw new IllegalArgumentException(
          "gateway.shedding must have 1 <= limit-min <= limit-start <= limit-max");
    }
    if (!window.isPositive() || !baselineKept.isPositive()) {
      throw new IllegalArgumentException(
          "gateway.shedding: window and baseline-kept must be positive");
    }
  }

  Queue queueOf(Priority priority) {
    return switch (priority) {
      case CRITICAL -> critical;
      case INTERACTIVE -> interactive;
      case SHEDDABLE -> Queue.NONE;
    };
  }
}
