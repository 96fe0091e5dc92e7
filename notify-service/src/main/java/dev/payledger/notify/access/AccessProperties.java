package dev.payledger.notify.access;

import java.net.URI;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Whose tokens are trusted.
///
/// @param jwksUrl where the issuer's public keys are; fetched when the first token comes
/// @param jwksFresh how long fetched keys are used before they are fetched again
/// @param jwksStale how long they are still used when the issuer cannot be reached
@ConfigurationProperties("notify.access")
public record AccessProperties(
    String issuer,
    URI jwksUrl,
    @DefaultValue("payledger") String audience,
    @DefaultValue("5m") Duration jwksFresh,
    @DefaultValue("6h") Duration jwksStale,
    @DefaultValue("2s") Duration jwksTimeout) {

  public AccessProperties {
    if (issuer.isBlank() || audience.isBlank()) {
      throw new IllegalArgumentException("notify.access: issuer and audience must be named");
    }
    if (!jwksTimeout.isPositive() || jwksFresh.compareTo(jwksTimeout.multipliedBy(4)) < 0) {
      throw new IllegalArgumentException(
          "notify.access: jwks-timeout is positive, and jwks-fresh at least four times as long");
    }
    if (jwksStale.compareTo(jwksFresh) < 0) {
      throw new IllegalArgumentException("notify.access: jwks-stale is not below jwks-fresh");
    }
  }
}
