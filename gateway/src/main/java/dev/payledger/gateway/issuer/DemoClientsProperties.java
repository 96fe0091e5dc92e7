package dev.payledger.gateway.issuer;

import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.context.annotation.Profile;

/// The clients of the demo issuer. Their secrets are printed in the README and protect nothing; even
/// so they are configured as hashes, since that is what a real configuration would hold.
@ConfigurationProperties("gateway.demo-issuer")
@Profile("demo")
public record DemoClientsProperties(Duration tokenLifetime, List<Client> clients) {

  /// `secret` is a hash with its algorithm in front, such as `{bcrypt}$2a$10$…`.
  public record Client(String id, String secret, List<String> scopes) {
    public Client {
      if (!secret.startsWith("{") || secret.startsWith("{noop}")) {
        throw new IllegalArgumentException("the secret of client " + id + " must be a hash");
      }
    }
  }

  public DemoClientsProperties {
    if (!tokenLifetime.isPositive() || clients.isEmpty()) {
      throw new IllegalArgumentException(
          "gateway.demo-issuer needs a positive token-lifetime and at least one client");
    }
  }
}
