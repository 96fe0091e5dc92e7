package dev.payledger.notify;

import java.time.Clock;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.webmvc.autoconfigure.error.ErrorMvcAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.scheduling.annotation.EnableScheduling;

/// Keeps the feeds of one region and serves them to the accounts' owners.
// Errors that end outside a controller are the container's, and ContainerErrors gives them their
// form.
@SpringBootApplication(exclude = ErrorMvcAutoConfiguration.class)
@ConfigurationPropertiesScan
@EnableScheduling
public class NotifyApplication {
  public static void main(String[] args) {
    SpringApplication.run(NotifyApplication.class, args);
  }

  /// Measures lag and stamps rows; the feed's order never depends on it.
  @Bean
  Clock clock() {
    return Clock.systemUTC();
  }
}
