package dev.payledger.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import dev.payledger.testkit.BrokenRequests;
import dev.payledger.testkit.TestIssuer;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalManagementPort;

/// Whose tokens open the door.
class AccessIT extends HearingServer {
  private final UUID account = UUID.randomUUID();

  @LocalManagementPort int managementPort;

  static Stream<Arguments> badTokens() throws Exception {
    Date past = Date.from(Instant.now().minusSeconds(600));
    Date future = Date.from(Instant.now().plusSeconds(600));
    var rsa = TestIssuer.key();
    return Stream.of(
        Arguments.of("none", null),
        Arguments.of("no token at all", "garbage"),
        Arguments.of("expired", ISSUER.token(claims -> claims.expirationTime(past))),
        Arguments.of("without expiry", ISSUER.token(claims -> claims.expirationTime(null))),
        Arguments.of("not yet valid", ISSUER.token(claims -> claims.notBeforeTime(future))),
        Arguments.of("other issuer", ISSUER.token(claims -> claims.issuer("http://evil.test"))),
        Arguments.of("no issuer", ISSUER.token(claims -> claims.issuer(null))),
        Arguments.of("other audience", ISSUER.token(claims -> claims.audience("elsewhere"))),
        Arguments.of("no audience", ISSUER.token(claims -> claims.audience((String) null))),
        Arguments.of("no subject", ISSUER.token(claims -> claims.subject(null))),
        Arguments.of("blank subject", ISSUER.token(claims -> claims.subject(" "))),
        Arguments.of("RS512 with the right key", ISSUER.tokenBy(JWSAlgorithm.RS512)),
        Arguments.of("PS256 with the right key", ISSUER.tokenBy(JWSAlgorithm.PS256)),
        Arguments.of("other key", TestIssuer.signed(rsa, claims -> claims)),
        Arguments.of(
            "other key under the right id",
            TestIssuer.signed(
                new JWSHeader.Builder(JWSAlgorithm.RS256)
                    .keyID(ISSUER.publicKey().getKeyID())
                    .build(),
                new RSASSASigner(rsa),
                claims -> claims)),
        Arguments.of(
            "key in the token",
            TestIssuer.signed(
                new JWSHeader.Builder(JWSAlgorithm.RS256).jwk(rsa.toPublicJWK()).build(),
                new RSASSASigner(rsa),
                claims -> claims)),
        Arguments.of(
            "public key as HMAC secret",
            TestIssuer.signed(
                new JWSHeader.Builder(JWSAlgorithm.HS256)
                    .keyID(ISSUER.publicKey().getKeyID())
                    .build(),
                new MACSigner(ISSUER.publicKey().toRSAPublicKey().getEncoded()),
                claims -> claims)),
        Arguments.of(
            "unsigned",
            new PlainJWT(
                    new JWTClaimsSet.Builder()
                        .issuer(TestIssuer.URL)
                        .audience("payledger-notify")
                        .subject("alice")
                        .claim("scope", "accounts:read")
                        .expirationTime(future)
                        .build())
                .serialize()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("badTokens")
  void badTokenIsUnauthenticated(String what, String token) {
    HttpResponse<String> answer = feed(account, token);

    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(answer.headers().firstValue("WWW-Authenticate"))
        .hasValue(token == null ? "Bearer" : "Bearer error=\"invalid_token\"");
    assertThat(answer.headers().firstValue("Content-Type").orElse(""))
        .startsWith("application/problem+json");
    assertThat(answer.body())
        .contains("\"code\":\"unauthenticated\"")
        .contains("\"traceId\":\"0af7651916cd43dd8448eb211c80319c\"");
  }

  @Test
  void tokenInTheQueryIsNotLookedAt() {
    assertThat(
            get("/v1/accounts/" + account + "/feed?access_token=" + ISSUER.token("alice"), null)
                .statusCode())
        .isEqualTo(401);
  }

  @Test
  void missingScopeIsForbidden() {
    HttpResponse<String> answer = feed(account, ISSUER.token("alice", "transfers:write"));

    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(answer.body()).contains("\"code\":\"forbidden\"");
  }

  @Test
  void goodTokenPassesInEachSpellingOfScope() {
    assertThat(feed(account, ISSUER.token("alice")).statusCode()).isEqualTo(200);
    assertThat(
            feed(
                    account,
                    ISSUER.token(
                        claims ->
                            claims
                                .audience(List.of("other", "payledger-notify"))
                                .claim("scope", List.of("accounts:read"))))
                .statusCode())
        .isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"at+jwt", "AT+JWT", "application/at+jwt"})
  void tokenOfTheTypeOfAccessTokensPasses(String type) {
    assertThat(feed(account, ISSUER.token(type, claims -> claims)).statusCode()).isEqualTo(200);
  }

  @Test
  void tokenThatIsNoAccessTokenIsUnauthenticated() {
    ISSUER
        .hostileTokens("payledger-notify")
        .forEach(
            (what, token) -> assertThat(feed(account, token).statusCode()).as(what).isEqualTo(401));
  }

  @Test
  void clockOfTheIssuerMayBeTenSecondsOff() {
    Date soon = Date.from(Instant.now().plusSeconds(5));
    Date justNow = Date.from(Instant.now().minusSeconds(5));
    Date earlier = Date.from(Instant.now().minusSeconds(60));
    assertThat(feed(account, ISSUER.token(c -> c.notBeforeTime(soon))).statusCode()).isEqualTo(200);
    assertThat(
            feed(account, ISSUER.token(c -> c.issueTime(earlier).expirationTime(justNow)))
                .statusCode())
        .isEqualTo(200);
  }

  @Test
  void newKeyOfTheIssuerIsFollowedAndTheOneBeforeStaysGood() {
    String old = ISSUER.token("alice");
    ISSUER.rotate();
    // Keys are asked for once a second at most, and another test may just have done so.
    await().atMost(SOON).until(() -> feed(account, ISSUER.token("alice")).statusCode() == 200);
    assertThat(feed(account, old).statusCode()).isEqualTo(200);
  }

  @Test
  void brokenRequestIsAnsweredWithProblemToo() {
    BrokenRequests.assertAnsweredWithProblems(
        port, "Authorization: Bearer " + ISSUER.token("alice"));
    BrokenRequests.assertAnsweredWithProblems(port, "X-Anonymous: yes");
    String feed = "/v1/accounts/" + UUID.randomUUID() + "/feed";
    for (String query : List.of("limt=1", "limit=0x1", "limit=1&limit=1", "cursor=a&cursor=b")) {
      BrokenRequests.assertQueryRefused(
          port, feed, query, "Authorization: Bearer " + ISSUER.token("alice"));
    }
  }

  @Test
  @ExtendWith(OutputCaptureExtension.class)
  void unreadableQueryIsLoggedWithoutStackTrace(CapturedOutput log) {
    String feed = "/v1/accounts/" + UUID.randomUUID() + "/feed";
    BrokenRequests.assertQueriesRefused(
        port, feed, "Authorization: Bearer " + ISSUER.token("alice"));
    BrokenRequests.assertQueriesRefused(port, feed, "X-Anonymous: yes");
    assertThat(log.getAll()).contains("cannot be read").doesNotContain("Exception", "\tat ");
  }

  @Test
  void managementIsOnItsOwnPortOnly() {
    for (String path :
        List.of(
            "/actuator/health/liveness", "/actuator/health/readiness", "/actuator/prometheus")) {
      assertThat(management(path).statusCode()).as(path).isEqualTo(200);
      assertThat(get(path, null).statusCode()).as(path).isEqualTo(401);
      assertThat(get(path, ISSUER.token("alice")).statusCode()).as(path).isEqualTo(404);
    }
    assertThat(management("/actuator/env").statusCode()).isNotEqualTo(200);
    assertThat(management("/actuator/prometheus").body())
        .contains("notify_feed_applied_total")
        .contains("notify_feed_duplicate_total")
        .contains("notify_feed_lag_seconds_bucket");
  }

  private HttpResponse<String> management(String path) {
    return send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + managementPort + path)));
  }
}
