package dev.payledger.fraud.intake;

import dev.payledger.kit.consumer.ConsumerRetries;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// How events are consumed; the components are those of `ConsumerRetries`.
@ConfigurationProperties("fraud.intake")
public record IntakeProperties(
    @DefaultValue("100ms") Duration retryFirst,
    @DefaultValue("5s") Duration retryCap,
    @DefaultValue("4") int retriesMax) {
  ConsumerRetries retries() {
    return new ConsumerRetries(retryFirst, retryCap, retriesMax);
  }
}
