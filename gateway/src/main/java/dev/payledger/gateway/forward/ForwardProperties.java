package dev.payledger.gateway.forward;

import java.net.URI;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.util.unit.DataSize;

/// Where the services are and how much the gateway asks of each: `inFlightMax` reads and
/// as many commands at once, and answers of at most `answerSizeMax`.
@ConfigurationProperties("gateway.forward")
public record ForwardProperties(
    URI ledgerUrl,
    URI notifyUrl,
    Duration connectTimeout,
    int inFlightMax,
    DataSize answerSizeMax) {
  public ForwardProperties {
    if (!connectTimeout.isPositive() || inFlightMax < 1 || answerSizeMax.toBytes() < 1) {
      throw new IllegalArgumentException(
          "gateway.forward: connect-timeout, in-flight-max and answer-size-max must be positive");
    }
  }

  URI urlOf(Upstream upstream) {
    return switch (upstream) {
      case LEDGER -> ledgerUrl;
      case NOTIFY -> notifyUrl;
    };
  }
}
