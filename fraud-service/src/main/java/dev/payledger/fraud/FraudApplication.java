package dev.payledger.fraud;

import dev.payledger.fraud.rules.RuleBook;
import dev.payledger.fraud.rules.RulesProperties;
import java.time.Clock;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.webmvc.autoconfigure.error.ErrorMvcAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.scheduling.annotation.EnableScheduling;

/// Screens a held transfer before it is posted, lets go of what it reserved when told to, and lists
/// what passed without it.
// Errors that end outside a controller are the container's, and ContainerErrors gives them their
// form.
@SpringBootApplication(exclude = ErrorMvcAutoConfiguration.class)
@ConfigurationPropertiesScan
@EnableScheduling
public class FraudApplication {
  public static void main(String[] args) {
    SpringApplication.run(FraudApplication.class, args);
  }

  /// Chooses the velocity window and stamps answers; no rule's safety depends on it.
  @Bean
  Clock clock() {
    return Clock.systemUTC();
  }

  @Bean
  RuleBook ruleBook(RulesProperties properties) {
    return RuleBook.of(properties);
  }
}
