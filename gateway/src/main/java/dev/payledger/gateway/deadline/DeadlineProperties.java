package dev.payledger.gateway.deadline;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;

/// How long a request may take when the caller names no time, and at most.
@ConfigurationProperties("gateway.deadline")
public record DeadlineProperties(Duration unnamed, Duration max) {
  public DeadlineProperties {
    if (!unnamed.isPositive() || unnamed.compareTo(max) > 0) {
      throw new IllegalArgumentException(
          "gateway.deadline.unnamed must be positive and at most gateway.deadline.max");
    }
  }
}
