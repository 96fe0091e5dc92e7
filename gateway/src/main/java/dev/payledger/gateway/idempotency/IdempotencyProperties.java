package dev.payledger.gateway.idempotency;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;

/// How keys are kept. `leaseDuration`: how long a claim is honoured when its gateway says nothing
/// more; never shorter than `requestTimeMax`, the longest that a request may take, or a claim would pass to a duplicate
/// while its holder still waits for the answer. `waitMax`: how long a duplicate waits for the first. `kept`: how long an answer is replayed
/// byte for byte (the ledger's "never twice" has no end). Every `purgeEvery`, at most `purgeBatchMax`
/// expired keys are forgotten at a time.
@ConfigurationProperties("gateway.idempotency")
public record IdempotencyProperties(
    Duration leaseDuration,
    Duration requestTimeMax,
    Duration waitMax,
    Duration pollInterval,
    Duration kept,
    Duration purgeEvery,
    int purgeBatchMax) {
  public IdempotencyProperties {
    if (!leaseDuration.isPositive() || !pollInterval.isPositive() || purgeBatchMax < 1) {
      throw new IllegalArgumentException(
          "gateway.idempotency: lease-duration, poll-interval and purge-batch-max must be positive");
    }
    if (leaseDuration.compareTo(requestTimeMax) < 0) {
      throw new IllegalArgumentException(
          "gateway.idempotency.lease-duration must be at least gateway.deadline.max");
    }
    if (waitMax.isNegative() || waitMax.compareTo(leaseDuration) >= 0) {
      throw new IllegalArgumentException(
          "gateway.idempotency.wait-max must be shorter than lease-duration");
    }
    if (kept.compareTo(leaseDuration) <= 0) {
      throw new IllegalArgumentException(
          "gateway.idempotency.kept must be longer than lease-duration");
    }
  }
}
