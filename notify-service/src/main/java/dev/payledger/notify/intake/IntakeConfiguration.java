package dev.payledger.notify.intake;

import dev.payledger.kit.consumer.ConsumerConfiguration;
import dev.payledger.kit.consumer.ConsumerRetries;
import dev.payledger.kit.consumer.DeadLetters;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/// How often an event is retried, and where one is kept that cannot be applied.
@Configuration(proxyBeanMethods = false)
@Import(ConsumerConfiguration.class)
class IntakeConfiguration {
  @Bean
  ConsumerRetries consumerRetries(IntakeProperties properties) {
    return properties.retries();
  }

  @Bean
  DeadLetters deadLetters(DeadLetterTable table, Clock clock, MeterRegistry meters) {
    return new DeadLetters(table, clock, meters, "notify.dead.letter");
  }
}
