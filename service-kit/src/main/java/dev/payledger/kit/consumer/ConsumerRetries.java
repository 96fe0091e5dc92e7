package dev.payledger.kit.consumer;

import dev.payledger.kit.retry.FullJitter;
import java.time.Duration;

/// How a record is retried whose handling fails.
///
/// @param first bound of the first pause; doubles with each retry
/// @param cap greatest bound; well below Kafka's `max.poll.interval.ms`, because the broker gives the
///     partitions of a consumer that does not poll for so long to another one
/// @param retriesMax how often a record is retried whose handling fails because of its content
public record ConsumerRetries(Duration first, Duration cap, int retriesMax) {
  private static final Duration POLL_INTERVAL_MAX = Duration.ofMinutes(5);

  public ConsumerRetries {
    if (retriesMax < 0) {
      throw new IllegalArgumentException("retries-max is at least 0");
    }
    if (!first.isPositive()
        || cap.compareTo(first) < 0
        || cap.multipliedBy(4).compareTo(POLL_INTERVAL_MAX) > 0) {
      throw new IllegalArgumentException(
          "0 < retry-first <= retry-cap <= a quarter of the poll interval");
    }
  }

  FullJitter backoff() {
    return new FullJitter(first, cap);
  }
}
