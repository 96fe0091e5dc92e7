package dev.payledger.gateway.issuer;

import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.context.annotation.Profile;

/// The clients of the demo issuer, and the life of the keys that it signs with. The clients' secrets are
/// printed in the README and protect nothing; even so they are configured as hashes, since that is what a
/// real configuration would hold.
@ConfigurationProperties("gateway.demo-issuer")
@Profile("demo")
public record DemoIssuerProperties(Duration tokenLifetime, Keys keys, List<Client> clients) {
  /// By how much clocks may differ: of a verifier's, a minute; and so long a gateway may still sign
  /// with the key before, until it hears of another gateway's.
  private static final Duration CLOCKS_APART = Duration.ofMinutes(2);

  /// `secret` is a hash with its algorithm in front, such as `{bcrypt}$2a$10$…`.
  public record Client(String id, String secret, List<String> scopes) {
    public Client {
      if (!secret.startsWith("{") || secret.startsWith("{noop}")) {
        throw new IllegalArgumentException("the secret of client " + id + " must be a hash");
      }
    }
  }

  /// @param rotateEvery how long one key signs
  /// @param publishAhead how long a key is published before it signs: longer than verifiers take
  ///     fetched keys for all that there are, so that none of them has to ask for it
  /// @param lookEvery how often a gateway looks what others did
  public record Keys(Duration rotateEvery, Duration publishAhead, Duration lookEvery) {
    public Keys {
      if (!lookEvery.isPositive() || lookEvery.compareTo(CLOCKS_APART.dividedBy(2)) > 0) {
        throw new IllegalArgumentException(
            "gateway.demo-issuer.keys.look-every must be positive and at most a minute");
      }
      if (publishAhead.isNegative() || rotateEvery.compareTo(publishAhead) <= 0) {
        throw new IllegalArgumentException(
            "gateway.demo-issuer.keys: rotate-every must be longer than publish-ahead");
      }
    }
  }

  public DemoIssuerProperties {
    if (!tokenLifetime.isPositive() || clients.isEmpty()) {
      throw new IllegalArgumentException(
          "gateway.demo-issuer needs a positive token-lifetime and at least one client");
    }
  }

  /// How long a key is accepted after the next one began to sign: until its last token has expired
  /// by every clock.
  Duration acceptedAfterwards() {
    return tokenLifetime.plus(CLOCKS_APART);
  }
}
