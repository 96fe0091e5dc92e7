package dev.payledger.ledger.blocked;

import dev.payledger.kit.consumer.ConsumerConfiguration;
import dev.payledger.kit.consumer.ConsumerRetries;
import dev.payledger.kit.consumer.DeadLetters;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/// How often a change of the list is retried, and where one is kept that cannot be applied.
@Configuration(proxyBeanMethods = false)
@Import(ConsumerConfiguration.class)
class BlockedAccountsConfiguration {
  @Bean
  ConsumerRetries consumerRetries() {
    return new ConsumerRetries(Duration.ofMillis(100), Duration.ofSeconds(5), 4);
  }

  @Bean
  DeadLetters deadLetters(UnreadableEventTable table, Clock clock, MeterRegistry meters) {
    return new DeadLetters(table, clock, meters, "ledger.dead.letter");
  }
}
