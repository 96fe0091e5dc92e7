package dev.payledger.gateway.access;

import java.net.URI;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;

/// Whose access tokens are accepted: `issuerUrl` as the tokens spell it, and its public keys at
/// `jwksUrl`.
///
/// @param jwksFresh how long fetched keys count as all that there are
/// @param jwksStale how long they are used when the issuer cannot be reached
@ConfigurationProperties("gateway.access")
public record AccessProperties(
    String issuerUrl, URI jwksUrl, Duration jwksFresh, Duration jwksStale) {
  /// The gateway's audience. The services behind it have their own.
  public static final String AUDIENCE = "payledger";

  public AccessProperties {
    if (issuerUrl.isBlank()) {
      throw new IllegalArgumentException("gateway.access needs an issuer-url");
    }
  }
}
