package dev.payledger.gateway.forward;

import java.net.URI;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.util.unit.DataSize;

/// Where the services are, and how large an answer of theirs may be.
@ConfigurationProperties("gateway.forward")
public record ForwardProperties(
    URI ledgerUrl, URI notifyUrl, Duration connectTimeout, DataSize answerSizeMax) {
  public ForwardProperties {
    if (!connectTimeout.isPositive() || answerSizeMax.toBytes() < 1) {
      throw new IllegalArgumentException(
          "gateway.forward: connect-timeout and answer-size-max must be positive");
    }
  }

  URI urlOf(Upstream upstream) {
    return switch (upstream) {
      case LEDGER -> ledgerUrl;
      case NOTIFY -> notifyUrl;
    };
  }
}
