package dev.payledger.gateway;

import dev.payledger.testkit.SettableClock;
import java.time.Clock;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;

/// Puts a clock that tests move in the place of the system's.
@TestConfiguration
class SettableTime {
  @Bean
  @Primary
  SettableClock settableClock() {
    return new SettableClock(Clock.systemUTC().instant());
  }
}
