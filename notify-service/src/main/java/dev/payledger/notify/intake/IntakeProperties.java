package dev.payledger.notify.intake;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// How events are taken in.
///
/// @param topicReplication replicas of each topic that this service creates
/// @param topicRetention how long such a topic keeps events; a new replica reads them all
/// @param topicPause between two tries to create the topics
/// @param retryFirst longest first pause after a failure; doubles
/// @param retryCap longest pause; below Kafka's `max.poll.interval.ms`, or the consumer is taken for
///     dead while it waits
/// @param retriesMax how often a record is tried again that the database refuses for what it says
@ConfigurationProperties("notify.intake")
public record IntakeProperties(
    @DefaultValue("1") short topicReplication,
    @DefaultValue("7d") Duration topicRetention,
    @DefaultValue("2s") Duration topicPause,
    @DefaultValue("100ms") Duration retryFirst,
    @DefaultValue("5s") Duration retryCap,
    @DefaultValue("4") int retriesMax) {

  private static final Duration POLL_INTERVAL_MAX = Duration.ofMinutes(5);

  public IntakeProperties {
    if (topicReplication < 1 || retriesMax < 0) {
      throw new IllegalArgumentException(
          "notify.intake: topic-replication is at least 1, retries-max at least 0");
    }
    if (!topicRetention.isPositive() || !topicPause.isPositive()) {
      throw new IllegalArgumentException("notify.intake: the topics' durations are positive");
    }
    if (!retryFirst.isPositive()
        || retryCap.compareTo(retryFirst) < 0
        || retryCap.multipliedBy(4).compareTo(POLL_INTERVAL_MAX) > 0) {
      throw new IllegalArgumentException(
          "notify.intake: 0 < retry-first <= retry-cap <= a quarter of the poll interval");
    }
  }
}
