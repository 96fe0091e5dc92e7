package dev.payledger.gateway.connection;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;

/// @param requestArrivesWithin how long a request may take to arrive, from its first byte to the last
///     of its body. The container's `connection-timeout` bounds the silence between two bytes, and who
///     sends one now and then is never silent
/// @param drainFor how long a gateway that was told to stop goes on as before, so that whoever
///     looks at its readiness sends callers elsewhere first
@ConfigurationProperties("gateway.connection")
public record ConnectionProperties(Duration requestArrivesWithin, Duration drainFor) {
  public ConnectionProperties {
    if (!requestArrivesWithin.isPositive() || drainFor.isNegative()) {
      throw new IllegalArgumentException(
          "gateway.connection: request-arrives-within must be positive, drain-for not negative");
    }
  }
}
