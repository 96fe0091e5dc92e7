package dev.payledger.gateway.issuer;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Profile;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/// What this gateway knows of the signing keys: the newest that may sign does; older ones are published
/// and accepted until their last token has expired. As a source of keys it is the published ones.
///
/// A token that names another key may be of one that another gateway has just made: then the rows are
/// looked at again, once a second at most, however many forged tokens come.
///
/// When a key signs and how long it is accepted is decided by the database's time, as it was at the last
/// look and counted on from there: a gateway whose clock is wrong signs with the same key as the others.
@Component
@Profile("demo")
class KeyRing implements JWKSource<SecurityContext> {
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

  private final SigningKeys keys;
  private final DemoIssuerProperties properties;
  private final Clock clock;
  private volatile List<SigningKey> known = List.of();
  private volatile Seen time = new Seen(Instant.MIN, 0);
  private volatile Instant lookedAt = Instant.MIN;

  /// What time it was in the database, when this process's own count was at `nanos`.
  private record Seen(Instant instant, long nanos) {}

  KeyRing(SigningKeys keys, DemoIssuerProperties properties, Clock clock) {
    this.keys = keys;
    this.properties = properties;
    this.clock = clock;
  }

  /// Reads the rows. There is always one, but for a moment when somebody has deleted them all by hand.
  void look() {
    lookedAt = clock.instant();
    List<SigningKey> all = keys.all();
    Instant databaseTime = keys.now();
    time = new Seen(databaseTime, System.nanoTime());
    if (!all.isEmpty()) {
      known = all;
    }
  }

  @Override
  public List<JWK> get(JWKSelector selector, @Nullable SecurityContext context) {
    List<JWK> found = selector.select(publicSet());
    if (!found.isEmpty()) {
      return found;
    }
    lookAgain();
    return selector.select(publicSet());
  }

  /// One at a time: who comes meanwhile waits for what it brings.
  private synchronized void lookAgain() {
    if (!mayLook()) {
      return;
    }
    try {
      look();
    } catch (DataAccessException | SealBroken e) {
      // Then what is known is all there is to know, as for a key that nobody has.
      lookedAt = clock.instant();
    }
  }

  /// The oldest first, the one that signs among them, and perhaps one that will.
  List<SigningKey> published() {
    Instant now = now();
    return known.stream()
        .filter(key -> acceptedUntil(key).map(until -> until.isAfter(now)).orElse(true))
        .toList();
  }

  /// The key to sign with now.
  SigningKey signing() {
    Instant now = now();
    List<SigningKey> all = known;
    return all.stream()
        .filter(key -> !key.signsFrom().isAfter(now))
        .reduce((_, newer) -> newer)
        .orElseGet(all::getFirst);
  }

  /// When the key is no longer accepted; empty as long as no other signs or will.
  Optional<Instant> acceptedUntil(SigningKey key) {
    return known.stream()
        .filter(other -> other.generation() > key.generation())
        .map(SigningKey::signsFrom)
        .min(Instant::compareTo)
        .map(signsFrom -> signsFrom.plus(properties.acceptedAfterwards()));
  }

  private Instant now() {
    Seen last = time;
    return last.instant().plusNanos(System.nanoTime() - last.nanos());
  }

  private JWKSet publicSet() {
    return new JWKSet(
        published().stream().<JWK>map(published -> published.key().toPublicJWK()).toList());
  }

  private boolean mayLook() {
    Duration passed = Duration.between(lookedAt, clock.instant());
    return passed.isNegative() || passed.compareTo(BETWEEN_LOOKS) >= 0;
  }
}
