package dev.payledger.notify;

import dev.payledger.kit.deadline.DeadlineInterceptor;
import dev.payledger.kit.json.ExactIds;
import dev.payledger.kit.problem.ContainerErrors;
import dev.payledger.kit.problem.ProblemHandler;
import dev.payledger.kit.request.DeclaredParameters;
import dev.payledger.kit.request.RequestHeadFilter;
import dev.payledger.kit.trace.TraceFilter;
import java.time.Clock;
import java.time.Duration;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.webmvc.autoconfigure.error.ErrorMvcAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.scheduling.annotation.EnableScheduling;

/// Keeps the feeds of one region and serves them to the accounts' owners.
// Errors that end outside a controller are the container's, and ContainerErrors gives them their
// form.
@SpringBootApplication(exclude = ErrorMvcAutoConfiguration.class)
@ConfigurationPropertiesScan
@EnableScheduling
@Import({
  TraceFilter.class,
  RequestHeadFilter.class,
  DeclaredParameters.class,
  ExactIds.class,
  ProblemHandler.class,
  ContainerErrors.class
})
public class NotifyApplication {
  private static final Duration TIME_UNNAMED = Duration.ofSeconds(10);
  private static final Duration TIME_MAX = Duration.ofSeconds(30);

  public static void main(String[] args) {
    SpringApplication.run(NotifyApplication.class, args);
  }

  /// Measures lag and stamps rows; the feed's order never depends on it.
  @Bean
  Clock clock() {
    return Clock.systemUTC();
  }

  @Bean
  DeadlineInterceptor deadlines() {
    return new DeadlineInterceptor(TIME_UNNAMED, TIME_MAX);
  }
}
