package dev.payledger.gateway.issuer;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.SignedJWT;
import dev.payledger.gateway.Downstream.Reply;
import dev.payledger.gateway.GatewayUnderTest;
import dev.payledger.testkit.Postgres;
import dev.payledger.testkit.TestIssuer;
import dev.payledger.testkit.contract.ManagementPortContract;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalManagementPort;
import tools.jackson.databind.JsonNode;

/// The life of the keys that the demo issuer signs with, on a table of its own: the tokens of other
/// tests outlive it.
class RotationIT extends GatewayUnderTest {
  private static final Duration DAY = Duration.ofHours(24);
  private static final Duration AHEAD = Duration.ofMinutes(10);
  private static final Duration ACCEPTED_AFTERWARDS = Duration.ofMinutes(62);
  private static final Duration SECOND = Duration.ofSeconds(1);

  /// The database's clock goes on while a test runs.
  private static final Duration MARGIN = Duration.ofSeconds(30);

  @Autowired private SigningKeys keys;
  @Autowired private DemoIssuerProperties properties;
  @Autowired private KeyRing ring;
  @Autowired private RotationRun rotation;
  @LocalManagementPort private int managementPort;

  /// Another process, as far as keys go.
  private final class OtherGateway {
    private final KeyRing ring = new KeyRing(keys, properties, clock);
    private final RotationRun rotation = new RotationRun(keys, ring, properties);

    private boolean isKnown(String kid) {
      return !ring.get(new JWKSelector(new JWKMatcher.Builder().keyID(kid).build()), null)
          .isEmpty();
    }

    private String signingKid() {
      return ring.signing().key().getKeyID();
    }
  }

  @BeforeEach
  void keysOfThisTest() {
    // Not in the middle of a pass: it would put into this test's table what it found due in the
    // other.
    synchronized (rotation) {
      sql("ALTER TABLE signing_key RENAME TO signing_key_away");
      sql("CREATE TABLE signing_key (LIKE signing_key_away INCLUDING ALL)");
      sql("GRANT SELECT, INSERT, DELETE ON signing_key TO gateway_app");
    }
    ledger.answers(request -> Reply.json(200, "{\"items\":[]}"));
  }

  @AfterEach
  void keysOfTheOthers() {
    synchronized (rotation) {
      sql("DROP TABLE signing_key");
      sql("ALTER TABLE signing_key_away RENAME TO signing_key");
    }
    now();
    ring.look();
  }

  /// So much time passes for all keys, by the database's clock, and every ring looks.
  private void pass(Duration time, OtherGateway... others) {
    String ago = "make_interval(secs => %d)".formatted(time.toSeconds());
    sql(
        "UPDATE signing_key SET created_at = created_at - %s, signs_from = signs_from - %s"
            .formatted(ago, ago));
    ring.look();
    for (OtherGateway other : others) {
      other.ring.look();
    }
  }

  private HttpResponse<String> with(SigningKey key) {
    return with(
        TestIssuer.signed(
            key.key(), claims -> claims.expirationTime(Date.from(clock.instant().plus(DAY)))));
  }

  private HttpResponse<String> with(String token) {
    return send(anonymously("/v1/accounts").header("Authorization", "Bearer " + token));
  }

  private String freshToken() {
    // The issuer goes by the system's clock: a test that takes long has it in the future.
    now();
    return json(send(tokenRequest("alice", "alice-demo", ""))).get("access_token").stringValue();
  }

  private static String kid(String token) throws Exception {
    return SignedJWT.parse(token).getHeader().getKeyID();
  }

  private List<String> publishedKids() throws Exception {
    return JWKSet.parse(send(anonymously("/oauth2/jwks")).body()).getKeys().stream()
        .map(JWK::getKeyID)
        .toList();
  }

  private HttpRequest.Builder signingKeys(String more) {
    return strangersSigningKeys(more)
        .header("Authorization", "Bearer " + ManagementPortContract.CREDENTIAL);
  }

  private HttpRequest.Builder strangersSigningKeys(String more) {
    return HttpRequest.newBuilder(
        URI.create("http://127.0.0.1:" + managementPort + "/actuator/signingkeys" + more));
  }

  @Test
  void gatewaysThatStartAtOnceAgreeOnOneKeyAndItOutlivesThem() throws Exception {
    Set<String> kids = new HashSet<>(atOnce(4, () -> new OtherGateway().signingKid()));
    assertThat(kids).hasSize(1);
    assertThat(new OtherGateway().signingKid()).isIn(kids);
  }

  @Test
  void aKeySignsForADayAndIsAcceptedUntilItsLastTokenHasExpired() throws Exception {
    OtherGateway other = new OtherGateway();
    SigningKey first = other.ring.signing();
    ring.look();
    pass(DAY.minus(AHEAD));
    other.rotation.runOnce();
    SigningKey second = keys.all().getLast();
    ring.look();
    assertThat(publishedKids()).containsExactly(first.key().getKeyID(), second.key().getKeyID());
    pass(AHEAD.minus(MARGIN));
    assertThat(kid(freshToken())).isEqualTo(first.key().getKeyID());

    pass(MARGIN);
    assertThat(kid(freshToken())).isEqualTo(second.key().getKeyID());
    assertThat(with(first).statusCode()).isEqualTo(200);
    assertThat(with(second).statusCode()).isEqualTo(200);

    pass(ACCEPTED_AFTERWARDS.minus(MARGIN));
    other.rotation.runOnce();
    assertThat(with(first).statusCode()).isEqualTo(200);
    pass(MARGIN);
    assertProblem(with(first), 401, "unauthenticated");
    assertThat(with(second).statusCode()).isEqualTo(200);
    assertThat(publishedKids()).containsExactly(second.key().getKeyID());
    other.rotation.runOnce();
    assertThat(keys.all()).extracting(SigningKey::generation).containsExactly(2);
  }

  @Test
  void ofManyGatewaysOneMakesTheNextKey() throws Exception {
    OtherGateway other = new OtherGateway();
    pass(DAY, other);
    atOnce(
        4,
        () -> {
          OtherGateway each = new OtherGateway();
          each.rotation.runOnce();
          return each.signingKid();
        });
    other.rotation.runOnce();
    assertThat(keys.all()).extracting(SigningKey::generation).containsExactly(1, 2);
    pass(AHEAD, other);
    assertThat(other.ring.signing().generation()).isEqualTo(2);
  }

  @Test
  void aGatewayTwoDaysAheadMakesAndDropsNoKey() {
    OtherGateway inTime = new OtherGateway();
    inTime.rotation.rotate();
    String signing = inTime.signingKid();
    clock.advance(DAY.multipliedBy(2));
    OtherGateway ahead = new OtherGateway();
    ahead.rotation.runOnce();
    assertThat(keys.all()).extracting(SigningKey::generation).containsExactly(1, 2);
    assertThat(ahead.signingKid()).isEqualTo(signing);
    assertThat(ahead.ring.published()).hasSize(2);
  }

  @Test
  void eachGatewayAcceptsWhatTheOtherSignsWithoutARestart() {
    OtherGateway one = new OtherGateway();
    OtherGateway other = new OtherGateway();
    String before = other.signingKid();
    clock.advance(SECOND);
    one.rotation.rotate();
    assertThat(one.signingKid()).isNotEqualTo(before);
    // The other one has not heard of it, and signs with the key before.
    assertThat(other.signingKid()).isEqualTo(before);
    assertThat(one.isKnown(before)).isTrue();
    assertThat(other.isKnown(one.signingKid())).isTrue();
    assertThat(other.signingKid()).isEqualTo(one.signingKid());
  }

  @Test
  void forgedKeysMakeAGatewayLookAtTheRowsOnceASecondAtMost() {
    OtherGateway one = new OtherGateway();
    OtherGateway other = new OtherGateway();
    clock.advance(SECOND);
    assertThat(other.isKnown("forged")).isFalse();
    one.rotation.rotate();
    // It looked a moment ago, and does not look again for the next one.
    assertThat(other.isKnown(one.signingKid())).isFalse();
    clock.advance(SECOND);
    assertThat(other.isKnown(one.signingKid())).isTrue();
  }

  @Test
  void anOperatorRotatesAtOnceAndTakesAKeyBackWithItsTokens() throws Exception {
    new OtherGateway();
    ring.look();
    String old = freshToken();
    HttpResponse<String> rotated = send(signingKeys("").POST(BodyPublishers.noBody()));
    assertThat(rotated.statusCode()).as(rotated.body()).isEqualTo(200);
    JsonNode shown = json(rotated).get("keys");
    assertThat(shown).hasSize(2);
    assertThat(rotated.body()).doesNotContain("\"d\"").contains("acceptedUntil");
    assertThat(shown.get(0).get("kid").stringValue()).isEqualTo(kid(old));
    assertThat(shown.get(0).get("isSigning").booleanValue()).isFalse();
    assertThat(shown.get(1).get("isSigning").booleanValue()).isTrue();
    String young = freshToken();
    assertThat(kid(young)).isEqualTo(shown.get(1).get("kid").stringValue());
    assertThat(with(old).statusCode()).isEqualTo(200);

    assertThat(send(signingKeys("/" + kid(old)).DELETE()).statusCode()).isEqualTo(200);
    assertProblem(with(old), 401, "unauthenticated");
    assertThat(with(young).statusCode()).isEqualTo(200);

    // The one that signs goes too, when another is there in its place.
    assertThat(send(signingKeys("/" + kid(young)).DELETE()).statusCode()).isEqualTo(200);
    assertProblem(with(young), 401, "unauthenticated");
    assertThat(with(freshToken()).statusCode()).isEqualTo(200);
    assertThat(send(signingKeys("/nothing").DELETE()).statusCode()).isEqualTo(404);
    assertThat(json(send(signingKeys("").GET())).get("keys")).hasSize(1);
  }

  @Test
  void noKeyChangesWithoutTheManagementCredential() {
    new OtherGateway();
    ring.look();
    String kid = ring.signing().key().getKeyID();

    assertProblem(
        send(strangersSigningKeys("").POST(BodyPublishers.noBody())),
        401,
        "management-credential-required");
    assertProblem(
        send(strangersSigningKeys("/" + kid).DELETE()), 401, "management-credential-required");
    assertThat(keys.all()).extracting(key -> key.key().getKeyID()).containsExactly(kid);
  }

  /// On a database of its own, from a gateway that knew one key. The fourth version of the database
  /// deletes such keys: `SealedKeysIT`.
  @Test
  void theKeyOfAnOlderGatewayIsTheFirstGeneration() throws Exception {
    sql("CREATE DATABASE gateway_of_one_key OWNER gateway_owner");
    FluentConfiguration flyway =
        Flyway.configure()
            .dataSource(
                Postgres.address().url("gateway_of_one_key"),
                "gateway_owner",
                "gateway-owner-demo");
    flyway.target("1").load().migrate();
    try (Connection database = Postgres.superuser("gateway_of_one_key");
        Statement sql = database.createStatement()) {
      sql.execute("INSERT INTO signing_key VALUES ('access-tokens', '{}', '2026-01-01T00:00:00Z')");
      flyway.target("2").load().migrate();
      try (ResultSet row = sql.executeQuery("SELECT generation, signs_from FROM signing_key")) {
        assertThat(row.next()).isTrue();
        assertThat(row.getInt("generation")).isEqualTo(1);
        assertThat(row.getTimestamp("signs_from").toInstant()).isEqualTo("2026-01-01T00:00:00Z");
      }
    }
    sql("DROP DATABASE gateway_of_one_key WITH (FORCE)");
  }

  private interface Answer<T> {
    T get() throws Exception;
  }

  private static <T> List<T> atOnce(int number, Answer<T> answer) throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      CyclicBarrier start = new CyclicBarrier(number);
      List<Future<T>> begun = new ArrayList<>();
      for (int each = 0; each < number; each++) {
        begun.add(
            threads.submit(
                () -> {
                  start.await();
                  return answer.get();
                }));
      }
      List<T> answers = new ArrayList<>();
      for (Future<T> one : begun) {
        answers.add(one.get());
      }
      return answers;
    }
  }
}
