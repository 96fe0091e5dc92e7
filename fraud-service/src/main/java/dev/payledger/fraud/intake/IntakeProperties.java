package dev.payledger.fraud.intake;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// How events are taken in.
///
/// @param retryFirst longest first pause after a failure; doubles
/// @param retryCap longest pause; well below Kafka's `max.poll.interval.ms`, or the consumer is taken
///     for dead while it waits
/// @param retriesMax how often a record is tried again whose handling fails for what it says
@ConfigurationProperties("fraud.intake")
public record IntakeProperties(
    @DefaultValue("100ms") Duration retryFirst,
    @DefaultValue("5s") Duration retryCap,
    @DefaultValue("4") int retriesMax) {

  private static final Duration POLL_INTERVAL_MAX = Duration.ofMinutes(5);

  public IntakeProperties {
    if (retriesMax < 0) {
      throw new IllegalArgumentException("fraud.intake.retries-max is at least 0");
    }
    if (!retryFirst.isPositive()
        || retryCap.compareTo(retryFirst) < 0
        || retryCap.multipliedBy(4).compareTo(POLL_INTERVAL_MAX) > 0) {
      throw new IllegalArgumentException(
          "fraud.intake: 0 < retry-first <= retry-cap <= a quarter of the poll interval");
    }
  }
}
