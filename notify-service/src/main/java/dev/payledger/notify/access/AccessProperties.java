package dev.payledger.notify.access;

import java.net.URI;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Whose tokens are trusted.
///
/// @param jwksUrl where the issuer's public keys are; fetched when the first token comes
/// @param jwksFresh how long fetched keys count as all that there are
/// @param jwksStale how long they are used when the issuer cannot be reached
@ConfigurationProperties("notify.access")
public record AccessProperties(
    String issuer,
    URI jwksUrl,
    @DefaultValue("payledger-notify") String audience,
    @DefaultValue("5m") Duration jwksFresh,
    @DefaultValue("6h") Duration jwksStale) {

  public AccessProperties {
    if (issuer.isBlank() || audience.isBlank()) {
      throw new IllegalArgumentException("notify.access: issuer and audience must be named");
    }
  }
}
