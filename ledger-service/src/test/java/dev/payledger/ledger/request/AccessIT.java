package dev.payledger.ledger.request;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import dev.payledger.ledger.LedgerUnderTest;
import dev.payledger.testkit.TestIssuer;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Clock;
import java.time.Instant;
import java.util.Date;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Whose tokens open the ledger's own door, whatever was checked in front of it.
class AccessIT extends LedgerUnderTest {

  static Stream<Arguments> badTokens() throws JOSEException {
    Instant now = Clock.systemUTC().instant();
    Date past = Date.from(now.minusSeconds(600));
    Date future = Date.from(now.plusSeconds(600));
    RSAKey theirs = TestIssuer.key();
    String ourId = ISSUER.publicKey().getKeyID();
    JWSHeader.Builder rs256 = new JWSHeader.Builder(JWSAlgorithm.RS256);
    return Stream.of(
        Arguments.of("none", null),
        Arguments.of("no token at all", "nonsense"),
        Arguments.of("expired", ISSUER.token(claims -> claims.expirationTime(past))),
        Arguments.of("without end", ISSUER.token(claims -> claims.expirationTime(null))),
        Arguments.of("not yet valid", ISSUER.token(claims -> claims.notBeforeTime(future))),
        Arguments.of("of another issuer", ISSUER.token(claims -> claims.issuer("http://other"))),
        Arguments.of("of no issuer", ISSUER.token(claims -> claims.issuer(null))),
        Arguments.of("for others", ISSUER.token(claims -> claims.audience("other"))),
        Arguments.of("for nobody", ISSUER.token(claims -> claims.audience((String) null))),
        Arguments.of("of nobody", ISSUER.token(claims -> claims.subject(null))),
        Arguments.of("of a blank subject", ISSUER.token(claims -> claims.subject(" "))),
        Arguments.of("another key", TestIssuer.signed(theirs, claims -> claims)),
        Arguments.of(
            "another key under our key's id",
            TestIssuer.signed(
                rs256.keyID(ourId).build(), new RSASSASigner(theirs), claims -> claims)),
        Arguments.of(
            "a key in its header",
            TestIssuer.signed(
                new JWSHeader.Builder(JWSAlgorithm.RS256).jwk(theirs.toPublicJWK()).build(),
                new RSASSASigner(theirs),
                claims -> claims)),
        Arguments.of("RS512 with our key", ISSUER.tokenBy(JWSAlgorithm.RS512)),
        Arguments.of("PS256 with our key", ISSUER.tokenBy(JWSAlgorithm.PS256)),
        Arguments.of(
            "our public key as a secret",
            TestIssuer.signed(
                new JWSHeader.Builder(JWSAlgorithm.HS256).keyID(ourId).build(),
                new MACSigner(ISSUER.publicKey().toRSAPublicKey().getEncoded()),
                claims -> claims)),
        Arguments.of(
            "unsigned",
            new PlainJWT(
                    new JWTClaimsSet.Builder()
                        .issuer(TestIssuer.URL)
                        .audience("payledger-ledger")
                        .subject("alice")
                        .claim("scope", "accounts:read")
                        .expirationTime(future)
                        .build())
                .serialize()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("badTokens")
  void aTokenThatIsWrongInOneThingOpensNothing(String what, String token) {
    Answer answer = get("/v1/accounts", token);

    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.code()).isEqualTo("unauthenticated");
    assertThat(answer.response().headers().firstValue("WWW-Authenticate"))
        .hasValue(token == null ? "Bearer" : "Bearer error=\"invalid_token\"");
    assertThat(get("/v1/accounts", alice()).status()).as("a right one").isEqualTo(200);
  }

  @Test
  void tokenThatIsNoAccessTokenIsUnauthenticated() {
    ISSUER
        .hostileTokens("payledger-ledger")
        .forEach(
            (what, token) -> {
              assertThat(get("/v1/accounts", token).status()).as(what).isEqualTo(401);
              assertThat(post("/v1/accounts", token, UUID.randomUUID(), "{}").status())
                  .as(what)
                  .isEqualTo(401);
            });
  }

  @Test
  void theIssuersClockMayBeTenSecondsOff() {
    Instant now = Clock.systemUTC().instant();
    Date soon = Date.from(now.plusSeconds(5));
    Date justNow = Date.from(now.minusSeconds(5));
    Date earlier = Date.from(now.minusSeconds(60));
    assertThat(get("/v1/accounts", ISSUER.token(c -> c.notBeforeTime(soon))).status())
        .isEqualTo(200);
    assertThat(
            get("/v1/accounts", ISSUER.token(c -> c.issueTime(earlier).expirationTime(justNow)))
                .status())
        .isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /v1/accounts, accounts:read",
    "HEAD, /v1/accounts, accounts:read",
    "POST, /v1/accounts, transfers:write",
    "GET, /v1/operator/checks, ledger:operate",
    "HEAD, /v1/operator/checks, ledger:operate",
    "POST, /v1/operator/held-transfers/00000000-0000-7000-8000-00000000dead/review, ledger:operate",
  })
  void eachRouteAsksForItsScope(String method, String path, String scope) {
    String others =
        "accounts:read transfers:write ledger:operate".replace(scope, "").replaceAll(" +", " ");

    Answer answer =
        send(request(path, ISSUER.token("alice", others)).method(method, BodyPublishers.noBody()));

    assertThat(answer.status()).isEqualTo(403);
  }

  @ParameterizedTest
  @CsvSource({"/", "/v1", "/error", "/actuator", "/actuator/health", "/actuator/env"})
  void thereIsNothingElseForStrangersAtItsPort(String path) {
    assertThat(get(path, null).status()).isEqualTo(401);
  }

  @Test
  void theLedgersOwnAccountsAreNoCustomersWhateverTheCustomersName() {
    UUID a = account("alice", 0);

    assertThat(transfer(ISSUER.token("system"), UUID.randomUUID(), EXTERNAL_EUR, a, 10).status())
        .isEqualTo(404);
    assertThat(get("/v1/accounts/" + EXTERNAL_EUR, ISSUER.token("system")).status()).isEqualTo(404);
  }
}
