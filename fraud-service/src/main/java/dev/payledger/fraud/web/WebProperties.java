package dev.payledger.fraud.web;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Bounds on every request.
///
/// @param credential what callers have to bring
/// @param requestTimeoutMax the time a request has when it names none, and the most it can ask for
@ConfigurationProperties("fraud.web")
public record WebProperties(
    String credential,
    @DefaultValue("16384") int bodyBytesMax,
    @DefaultValue("5s") Duration requestTimeoutMax) {

  public WebProperties {
    if (credential.isBlank()) {
      throw new IllegalArgumentException("fraud.web.credential is missing");
    }
    if (bodyBytesMax < 8192) {
      throw new IllegalArgumentException("fraud.web.body-bytes-max has room for 50 legs: 8192");
    }
    if (!requestTimeoutMax.isPositive()) {
      throw new IllegalArgumentException("fraud.web.request-timeout-max is positive");
    }
  }
}
