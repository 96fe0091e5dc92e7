package dev.payledger.notify.intake;

import dev.payledger.kit.consumer.ConsumerRetries;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// How events are consumed; `retryFirst` and what follows are the components of `ConsumerRetries`.
///
/// @param topicReplication replicas of each topic that this service creates
/// @param topicRetention how long such a topic keeps events; a new replica reads them all
/// @param topicPause between two tries to create the topics
@ConfigurationProperties("notify.intake")
public record IntakeProperties(
    @DefaultValue("1") short topicReplication,
    @DefaultValue("7d") Duration topicRetention,
    @DefaultValue("2s") Duration topicPause,
    @DefaultValue("100ms") Duration retryFirst,
    @DefaultValue("5s") Duration retryCap,
    @DefaultValue("4") int retriesMax) {

  public IntakeProperties {
    if (topicReplication < 1) {
      throw new IllegalArgumentException("notify.intake: topic-replication is at least 1");
    }
    if (!topicRetention.isPositive() || !topicPause.isPositive()) {
      throw new IllegalArgumentException("notify.intake: the topics' durations are positive");
    }
  }

  ConsumerRetries retries() {
    return new ConsumerRetries(retryFirst, retryCap, retriesMax);
  }
}
