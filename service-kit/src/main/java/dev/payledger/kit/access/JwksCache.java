package dev.payledger.kit.access;

import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.RemoteKeySourceException;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jose.util.ResourceRetriever;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The issuer's public keys (JSON Web Key Set, RFC 7517), fetched over HTTP and cached.
///
/// They are fetched again when they are no longer fresh, and for a key id that is not among them,
/// because the issuer may have a new one; for that not more than once a second, however many forged
/// tokens name unknown keys. While the issuer cannot be reached, the last fetched keys are used until
/// they are stale. So a key that the issuer revokes is not accepted after `fresh`, or after `stale`
/// while the issuer cannot be reached.
public final class JwksCache implements JWKSource<SecurityContext> {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);
  private static final Duration READ_TIMEOUT = Duration.ofSeconds(2);
  private static final int BYTES_MAX = 64 * 1024;

  /// Between two tries for a key that is not known.
  private static final Duration UNKNOWN_PAUSE = Duration.ofSeconds(1);

  /// Between two tries to renew keys that still serve: the request that tries is the one that waits.
  private static final Duration RENEWAL_PAUSE = Duration.ofSeconds(10);

  private record Fetched(JWKSet keys, Instant at) {}

  private final URL url;
  private final Duration fresh;
  private final Duration stale;
  private final Clock clock;
  private final ResourceRetriever http =
      new DefaultResourceRetriever(
          (int) CONNECT_TIMEOUT.toMillis(), (int) READ_TIMEOUT.toMillis(), BYTES_MAX);
  // One fetch at a time: concurrent requests wait for its result and do not fetch as well.
  private final ReentrantLock fetching = new ReentrantLock();
  private volatile @Nullable Fetched fetched;
  private volatile @Nullable Instant triedAt;
  private volatile @Nullable Exception failure;

  /// @param fresh how long fetched keys count as all that there are
  /// @param stale how long they are used when no others can be fetched
  public JwksCache(URI url, Duration fresh, Duration stale, Clock clock) {
    try {
      this.url = url.toURL();
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException("the address of the issuer's keys is no URL", e);
    }
    if (!fresh.isPositive() || stale.compareTo(fresh) < 0) {
      throw new IllegalArgumentException("keys are fresh for some time, and stale not before that");
    }
    this.fresh = fresh;
    this.stale = stale;
    this.clock = clock;
  }

  @Override
  public List<JWK> get(JWKSelector selector, @Nullable SecurityContext context)
      throws KeySourceException {
    Fetched known = fetched;
    List<JWK> found =
        known != null && isYoungerThan(stale, known.at())
            ? selector.select(known.keys())
            : List.of();
    boolean isFresh = known != null && isYoungerThan(fresh, known.at());
    Duration pause = found.isEmpty() ? UNKNOWN_PAUSE : RENEWAL_PAUSE;
    if (!found.isEmpty() && (isFresh || isTriedWithin(pause))) {
      return found;
    }
    fetching.lock();
    try {
      if (Objects.equals(fetched, known) && !isTriedWithin(pause)) {
        fetch();
      }
    } finally {
      fetching.unlock();
    }
    Fetched now = fetched;
    List<JWK> foundNow =
        now != null && isYoungerThan(stale, now.at()) ? selector.select(now.keys()) : List.of();
    Exception why = failure;
    if (foundNow.isEmpty() && why != null) {
      // Whether there is such a key is not known: no reason to reject the token as forged.
      throw new RemoteKeySourceException("the issuer's keys cannot be fetched", why);
    }
    return foundNow;
  }

  private void fetch() {
    triedAt = clock.instant();
    try {
      JWKSet keys = JWKSet.parse(http.retrieveResource(url).getContent());
      fetched = new Fetched(keys, clock.instant());
      failure = null;
    } catch (IOException | ParseException e) {
      failure = e;
    }
  }

  private boolean isTriedWithin(Duration pause) {
    Instant last = triedAt;
    return last != null && isYoungerThan(pause, last);
  }

  /// A clock that was set back makes nothing younger than new.
  private boolean isYoungerThan(Duration age, Instant since) {
    Duration passed = Duration.between(since, clock.instant());
    return !passed.isNegative() && passed.compareTo(age) < 0;
  }
}
