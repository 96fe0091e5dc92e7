package dev.payledger.gateway;

import dev.payledger.kit.problem.ContainerErrors;
import java.time.Clock;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration;
import org.springframework.boot.security.oauth2.server.authorization.autoconfigure.servlet.OAuth2AuthorizationServerAutoConfiguration;
import org.springframework.boot.security.oauth2.server.authorization.autoconfigure.servlet.OAuth2AuthorizationServerJwtAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.error.ErrorMvcAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/// The gateway process. The authorization server's auto-configuration stays out: it would invent a
/// signing key of its own at every start; `issuer` builds the demo's explicitly.
@SpringBootApplication(
    exclude = {
      UserDetailsServiceAutoConfiguration.class,
      OAuth2AuthorizationServerAutoConfiguration.class,
      OAuth2AuthorizationServerJwtAutoConfiguration.class,
      // Errors that end outside a controller are the container's: ContainerErrors.
      ErrorMvcAutoConfiguration.class
    })
@ConfigurationPropertiesScan
@EnableScheduling
@Import(ContainerErrors.class)
public class GatewayApplication {
  /// At least as many as there are scheduled runs.
  private static final int RUNS_MAX = 8;

  public static void main(String[] args) {
    SpringApplication.run(GatewayApplication.class, args);
  }

  @Bean
  Clock clock() {
    return Clock.systemUTC();
  }

  /// A thread for each scheduled run, so that none delays another: Spring Boot's own scheduler for
  /// virtual threads has one for all that run with a fixed delay. Of the platform, because a run may
  /// generate keys, which takes a processor for long.
  @Bean
  ThreadPoolTaskScheduler taskScheduler() {
    ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();
    scheduler.setPoolSize(RUNS_MAX);
    scheduler.setThreadNamePrefix("run-");
    return scheduler;
  }
}
