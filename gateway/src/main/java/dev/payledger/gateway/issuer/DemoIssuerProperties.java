package dev.payledger.gateway.issuer;

import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.context.annotation.Profile;

/// The clients of the demo issuer, and the life of the keys that it signs with. The clients' secrets are
/// printed in the README and protect nothing; even so they are configured as hashes, since that is what a
/// real configuration would hold.
@ConfigurationProperties("gateway.demo-issuer")
@Profile("demo")
public record DemoIssuerProperties(
    Duration tokenLifetime,
    List<String> audiences,
    Keys keys,
    SecretChecks secretChecks,
    List<Client> clients) {
  /// By how much clocks may differ: of a verifier's, ten seconds; and so long a gateway may still sign
  /// with the key before, until it hears of another gateway's.
  private static final Duration CLOCKS_APART = Duration.ofMinutes(2);

  /// `secret` is a hash with its algorithm and cost in front: `{bcrypt}$2a$10$…`.
  public record Client(String id, String secret, List<String> scopes) {
    private static final Pattern BCRYPT =
        Pattern.compile("\\{bcrypt}\\$2[aby]\\$([0-9]{2})\\$.{53}");

    public Client {
      if (!BCRYPT.matcher(secret).matches()) {
        throw new IllegalArgumentException("the secret of client " + id + " must be a bcrypt hash");
      }
    }

    /// The binary logarithm of the rounds that a check takes.
    int cost() {
      Matcher matcher = BCRYPT.matcher(secret);
      if (!matcher.matches()) {
        throw new IllegalStateException("checked before");
      }
      return Integer.parseInt(matcher.group(1));
    }
  }

  /// Bounds of what a check of a secret takes, which is much on purpose.
  ///
  /// @param concurrencyMax checks at once, each on a thread of its own
  /// @param perClientMax requests of one client, and of all that no client sends, that wait or are
  ///     checked at once: guesses of one secret leave room for the others
  /// @param waitMax how long a request waits for its check
  public record SecretChecks(int concurrencyMax, int perClientMax, Duration waitMax) {
    public SecretChecks {
      if (concurrencyMax < 1 || perClientMax < concurrencyMax || !waitMax.isPositive()) {
        throw new IllegalArgumentException(
            "gateway.demo-issuer.secret-checks must have 1 <= concurrency-max <= per-client-max and a"
                + " positive wait-max");
      }
    }
  }

  /// @param secret what the keys are sealed with in the database, the same at all gateways; checked by
  ///     [KeySeal], since a message of the binder may have the value
  /// @param rotateEvery how long one key signs
  /// @param publishAhead how long a key is published before it signs: longer than verifiers take
  ///     fetched keys for all that there are, so that none of them has to ask for it
  /// @param lookEvery how often a gateway looks what others did
  public record Keys(
      String secret, Duration rotateEvery, Duration publishAhead, Duration lookEvery) {
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

    /// Without the secret.
    @Override
    public String toString() {
      return "Keys[rotateEvery=%s, publishAhead=%s, lookEvery=%s]"
          .formatted(rotateEvery, publishAhead, lookEvery);
    }
  }

  public DemoIssuerProperties {
    if (!tokenLifetime.isPositive() || audiences.isEmpty() || clients.isEmpty()) {
      throw new IllegalArgumentException(
          "gateway.demo-issuer needs a positive token-lifetime, an audience and a client");
    }
    if (clients.stream().mapToInt(Client::cost).distinct().count() > 1) {
      throw new IllegalArgumentException(
          "gateway.demo-issuer: the secrets of all clients must cost the same to check, or the time"
              + " tells which clients there are");
    }
  }

  /// How long a key is accepted after the next one began to sign: until its last token has expired
  /// by every clock.
  Duration acceptedAfterwards() {
    return tokenLifetime.plus(CLOCKS_APART);
  }
}
