package dev.payledger.gateway.timeleft;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;

/// How long a request may take when the caller does not say, and at most.
@ConfigurationProperties("gateway.time-left")
public record TimeLeftProperties(Duration unasked, Duration max) {
  public TimeLeftProperties {
    if (!unasked.isPositive() || unasked.compareTo(max) > 0) {
      throw new IllegalArgumentException(
          "gateway.time-left.unasked must be positive and at most gateway.time-left.max");
    }
  }
}
