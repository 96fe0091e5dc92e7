package dev.payledger.fraud.blocking;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// How the list of blocked accounts is told.
///
/// @param publishInterval pause between two looks for changes that are not told yet
/// @param kafkaTimeout how long Kafka is waited for before the next look
/// @param replicationFactor of the topic, when it is created
@ConfigurationProperties("fraud.blocking")
public record BlockingProperties(
    @DefaultValue("1s") Duration publishInterval,
    @DefaultValue("5s") Duration kafkaTimeout,
    @DefaultValue("1") short replicationFactor) {
  public BlockingProperties {
    if (!publishInterval.isPositive() || !kafkaTimeout.isPositive() || replicationFactor < 1) {
      throw new IllegalArgumentException("fraud.blocking: all settings are positive");
    }
  }
}
