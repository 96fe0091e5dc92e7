package dev.payledger.kit.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.RemoteKeySourceException;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import com.sun.net.httpserver.HttpServer;
import dev.payledger.testkit.Ports;
import dev.payledger.testkit.SettableClock;
import dev.payledger.testkit.TestIssuer;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// When keys are fetched, and what happens when they are rotated.
class JwksCacheIT {
  private static final Duration FRESH = Duration.ofMinutes(5);
  private static final Duration STALE = Duration.ofHours(1);
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final SettableClock clock = new SettableClock(Clock.systemUTC().instant());
  private final TestIssuer issuer = new TestIssuer();
  private final int port = Ports.free();
  private HttpServer server;
  private JWKSource<SecurityContext> keys;

  @BeforeEach
  void anIssuer() {
    server = issuer.serveKeys(port);
    keys =
        new JwksCache(URI.create("http://127.0.0.1:" + port + "/oauth2/jwks"), FRESH, STALE, clock);
  }

  @AfterEach
  void gone() {
    server.stop(0);
  }

  private boolean isKnown(String kid) throws KeySourceException {
    return !keys.get(new JWKSelector(new JWKMatcher.Builder().keyID(kid).build()), null).isEmpty();
  }

  private String signingKid() {
    return issuer.publicKey().getKeyID();
  }

  @Test
  void acceptsNewKeyImmediatelyAndKeepsPreviousOne() throws Exception {
    String first = signingKid();
    assertThat(isKnown(first)).isTrue();
    issuer.rotate();
    clock.advance(SECOND);
    assertThat(isKnown(signingKid())).isTrue();
    assertThat(isKnown(first)).isTrue();
    assertThat(issuer.timesAsked()).isEqualTo(2);
  }

  @Test
  void withdrawnKeyExpiresAfterFiveMinutes() throws Exception {
    String first = signingKid();
    assertThat(isKnown(first)).isTrue();
    issuer.rotate();
    issuer.takeBackOlderKeys();
    clock.advance(FRESH.minusMillis(1));
    assertThat(isKnown(first)).isTrue();
    clock.advance(Duration.ofMillis(1));
    assertThat(isKnown(first)).isFalse();
    assertThat(isKnown(signingKid())).isTrue();
  }

  @Test
  void unknownKeysAreFetchedOncePerSecondAtMost() throws Exception {
    assertThat(isKnown(signingKid())).isTrue();
    try (ExecutorService forgers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int second = 1; second <= 3; second++) {
        clock.advance(SECOND);
        List<Future<Boolean>> forged = new ArrayList<>();
        for (int token = 0; token < 500; token++) {
          String kid = "forged-" + second + "-" + token;
          forged.add(forgers.submit(() -> isKnown(kid)));
        }
        for (Future<Boolean> each : forged) {
          assertThat(each.get()).isFalse();
        }
        // Those came while the first one asked; this one comes when the answer is there.
        assertThat(isKnown("forged-late-" + second)).isFalse();
        assertThat(issuer.timesAsked()).isEqualTo(1 + second);
        // And who has a token of the issuer notices nothing.
        assertThat(isKnown(signingKid())).isTrue();
      }
    }
  }

  @Test
  void keysSurviveUnreachableIssuerUntilStale() throws Exception {
    assertThat(isKnown(signingKid())).isTrue();
    server.stop(0);
    clock.advance(STALE.minusMillis(1));
    assertThat(isKnown(signingKid())).isTrue();
    clock.advance(SECOND);
    assertThatThrownBy(() -> isKnown(signingKid())).isInstanceOf(RemoteKeySourceException.class);
    server = issuer.serveKeys(port);
    clock.advance(SECOND);
    assertThat(isKnown(signingKid())).isTrue();
  }

  @Test
  void unreachableIssuerIsNotReportedAsForgedKey() throws JOSEException {
    server.stop(0);
    String kid = TestIssuer.key().getKeyID();
    assertThatThrownBy(() -> isKnown(kid)).isInstanceOf(RemoteKeySourceException.class);
    assertThatThrownBy(() -> isKnown(kid)).isInstanceOf(RemoteKeySourceException.class);
    server = issuer.serveKeys(port);
    clock.advance(SECOND);
    assertThatCode(() -> assertThat(isKnown(kid)).isFalse()).doesNotThrowAnyException();
  }
}
