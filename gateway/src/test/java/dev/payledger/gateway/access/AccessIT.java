package dev.payledger.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.payledger.gateway.Downstream.Reply;
import dev.payledger.gateway.GatewayUnderTest;
import dev.payledger.gateway.issuer.IssuerUnderTest;
import dev.payledger.testkit.HostileTokens;
import dev.payledger.testkit.TestIssuer;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import tools.jackson.databind.JsonNode;

class AccessIT extends GatewayUnderTest {
  private static final String ACCOUNTS = "/v1/accounts";

  @Autowired private ApplicationContext gateway;

  @BeforeEach
  void ledgerAnswers() {
    ledger.answers(request -> Reply.json(200, "{\"items\":[]}"));
  }

  private RSAKey signingKey() {
    return IssuerUnderTest.signingKey(gateway);
  }

  private JWTClaimsSet.Builder claims() {
    Instant now = clock.instant();
    return new JWTClaimsSet.Builder()
        .issuer(ISSUER)
        .audience("payledger")
        .subject("alice")
        .claim("client_id", "alice")
        .jwtID(newKey())
        .claim("scope", "accounts:read transfers:write")
        .issueTime(Date.from(now))
        .expirationTime(Date.from(now.plusSeconds(60)));
  }

  private static String signed(
      JWSAlgorithm algorithm, String kid, JWSSigner signer, JWTClaimsSet claims)
      throws JOSEException {
    return signed(algorithm, "at+jwt", kid, signer, claims);
  }

  private static String signed(
      JWSAlgorithm algorithm, String type, String kid, JWSSigner signer, JWTClaimsSet claims)
      throws JOSEException {
    JWSHeader.Builder header = new JWSHeader.Builder(algorithm).keyID(kid);
    if (!type.isEmpty()) {
      header.type(new JOSEObjectType(type));
    }
    SignedJWT token = new SignedJWT(header.build(), claims);
    token.sign(signer);
    return token.serialize();
  }

  private String ours(JWTClaimsSet claims) throws Exception {
    return signed(
        JWSAlgorithm.RS256, signingKey().getKeyID(), new RSASSASigner(signingKey()), claims);
  }

  private HttpResponse<String> with(String token) {
    return send(anonymously(ACCOUNTS).header("Authorization", "Bearer " + token));
  }

  private void assertNotLetIn(String token) {
    HttpResponse<String> response = with(token);
    assertProblem(response, 401, "unauthenticated");
    assertThat(header(response, "WWW-Authenticate"))
        .startsWith("Bearer ")
        .contains("error=\"invalid_token\"");
    assertThat(ledger.arrived()).isEmpty();
  }

  @Test
  void theTokenEndpointGivesSignedTokensForAnHour() throws Exception {
    HttpResponse<String> response = send(tokenRequest("alice", "alice-demo", ""));
    assertThat(response.statusCode()).isEqualTo(200);
    JsonNode answer = json(response);
    assertThat(answer.get("token_type").stringValue()).isEqualTo("Bearer");
    assertThat(answer.get("expires_in").intValue()).isBetween(3_590, 3_600);
    assertThat(answer.get("scope").stringValue().split(" "))
        .containsExactlyInAnyOrder("transfers:write", "accounts:read");
    SignedJWT token = SignedJWT.parse(answer.get("access_token").stringValue());
    assertThat(token.getHeader().getAlgorithm()).isEqualTo(JWSAlgorithm.RS256);
    assertThat(token.getJWTClaimsSet().getIssuer()).isEqualTo(ISSUER);
    assertThat(token.getJWTClaimsSet().getAudience())
        .containsExactly("payledger", "payledger-ledger", "payledger-notify");
    assertThat(token.getHeader().getType().getType()).isEqualTo("at+jwt");
    assertThat(token.getJWTClaimsSet().getSubject()).isEqualTo("alice");
    assertThat(token.getJWTClaimsSet().getStringClaim("client_id")).isEqualTo("alice");
    assertThat(token.getJWTClaimsSet().getJWTID()).isNotBlank();
    assertThat(token.getJWTClaimsSet().getIssueTime()).isNotNull();
    assertThat(token.getJWTClaimsSet().getStringListClaim("scope"))
        .containsExactlyInAnyOrder("transfers:write", "accounts:read");
  }

  @Test
  void aClientGetsTheScopesItAsksForAndNoneOfOthers() {
    HttpResponse<String> fewer = send(tokenRequest("alice", "alice-demo", "&scope=accounts:read"));
    assertThat(json(fewer).get("scope").stringValue()).isEqualTo("accounts:read");
    HttpResponse<String> more = send(tokenRequest("alice", "alice-demo", "&scope=ledger:operate"));
    assertThat(more.statusCode()).isEqualTo(400);
    assertThat(json(more).get("error").stringValue()).isEqualTo("invalid_scope");
  }

  @Test
  void aWrongSecretAndAnUnknownClientGetNoToken() {
    for (String client : List.of("alice", "mallory")) {
      HttpResponse<String> response = send(tokenRequest(client, "wrong", ""));
      assertThat(response.statusCode()).isEqualTo(401);
      assertThat(json(response).get("error").stringValue()).isEqualTo("invalid_client");
      assertThat(header(response, "WWW-Authenticate")).isEqualTo("Basic realm=\"payledger\"");
    }
    HttpResponse<String> nobody =
        send(
            anonymously("/oauth2/token")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString("grant_type=client_credentials")));
    assertThat(nobody.statusCode()).isEqualTo(401);
    assertThat(header(nobody, "WWW-Authenticate")).isEqualTo("Basic realm=\"payledger\"");
  }

  @Test
  void theKeySetShowsPublicKeysOnly() throws Exception {
    HttpResponse<String> response = send(anonymously("/oauth2/jwks"));
    assertThat(response.statusCode()).isEqualTo(200);
    List<JWK> shown = JWKSet.parse(response.body()).getKeys();
    assertThat(shown).extracting(JWK::getKeyID).containsExactly(signingKey().getKeyID());
    assertThat(shown).noneMatch(JWK::isPrivate);
  }

  @Test
  void aTokenOfOursIsLetIn() throws Exception {
    assertThat(with(ours(claims().build())).statusCode()).isEqualTo(200);
    assertThat(with(token("alice")).statusCode()).isEqualTo(200);
    assertThat(ledger.arrived().getLast().authorization()).isEqualTo("Bearer " + token("alice"));
  }

  @Test
  void withoutATokenTheCallerIsToldHowToBring() {
    HttpResponse<String> response = send(anonymously(ACCOUNTS));
    assertProblem(response, 401, "unauthenticated");
    assertThat(header(response, "WWW-Authenticate")).isEqualTo("Bearer realm=\"payledger\"");
    // In the query it is an unknown parameter.
    assertProblem(
        send(anonymously(ACCOUNTS + "?access_token=" + token("alice"))), 400, "invalid-request");
    assertProblem(
        send(anonymously(ACCOUNTS).header("Authorization", "Basic YWxpY2U6YWxpY2UtZGVtbw==")),
        401,
        "unauthenticated");
    assertThat(ledger.arrived()).isEmpty();
  }

  @Test
  void aTokenWithAWrongClaimIsNotLetIn() throws Exception {
    Instant now = clock.instant();
    assertNotLetIn(ours(claims().expirationTime(Date.from(now.minusSeconds(60))).build()));
    assertNotLetIn(ours(claims().expirationTime(null).build()));
    assertNotLetIn(ours(claims().notBeforeTime(Date.from(now.plusSeconds(60))).build()));
    assertNotLetIn(ours(claims().issuer("http://other.test").build()));
    assertNotLetIn(ours(claims().issuer(null).build()));
    assertNotLetIn(ours(claims().audience("somebody-else").build()));
    assertNotLetIn(ours(claims().audience((String) null).build()));
    assertNotLetIn(ours(claims().subject(null).build()));
    assertNotLetIn(ours(claims().subject(" ").build()));
  }

  @Test
  void tokenThatIsNoAccessTokenIsUnauthenticated() throws Exception {
    RSAKey key = signingKey();
    HostileTokens.Signer ours =
        (type, change) -> TestIssuer.signed(key, type, claims -> change.apply(right(claims)));
    Map<String, String> hostile = HostileTokens.all(ours, AccessProperties.AUDIENCE);
    hostile.putAll(HostileTokens.outOfTime(ours));
    hostile.forEach((what, token) -> assertThat(with(token).statusCode()).as(what).isEqualTo(401));
    assertThat(with(TestIssuer.signed(key, "at+jwt", this::right)).statusCode()).isEqualTo(200);
    assertThat(ledger.arrived()).hasSize(1);
  }

  private JWTClaimsSet.Builder right(JWTClaimsSet.Builder claims) {
    return claims.issuer(ISSUER);
  }

  @Test
  void aTokenThatIsNotSignedWithOurKeyByRs256IsNotLetIn() throws Exception {
    RSAKey otherKey = new RSAKeyGenerator(2048).generate();
    String kid = signingKey().getKeyID();
    assertNotLetIn(signed(JWSAlgorithm.RS256, kid, new RSASSASigner(otherKey), claims().build()));
    assertNotLetIn(
        signed(JWSAlgorithm.RS256, "unknown", new RSASSASigner(otherKey), claims().build()));
    assertNotLetIn(
        signed(JWSAlgorithm.RS512, kid, new RSASSASigner(signingKey()), claims().build()));
    assertNotLetIn(
        signed(JWSAlgorithm.PS256, kid, new RSASSASigner(signingKey()), claims().build()));
    // The classic: the public key, which everybody has, taken for a shared secret.
    byte[] publicKey = signingKey().toRSAPublicKey().getEncoded();
    assertNotLetIn(signed(JWSAlgorithm.HS256, kid, new MACSigner(publicKey), claims().build()));
    assertNotLetIn(new PlainJWT(claims().build()).serialize());
    String valid = ours(claims().build());
    assertNotLetIn(valid.substring(0, valid.lastIndexOf('.') + 1));
    assertNotLetIn("x");
    String header = valid.substring(0, valid.indexOf('.'));
    String forged =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(claims().subject("operator").build().toString().getBytes());
    assertNotLetIn(header + "." + forged + valid.substring(valid.lastIndexOf('.')));
  }

  @Test
  void aKeyThatTheTokenBringsAlongIsNotTrusted() throws Exception {
    RSAKey otherKey = new RSAKeyGenerator(2048).generate();
    SignedJWT token =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.RS256)
                .type(new JOSEObjectType("at+jwt"))
                .jwk(otherKey.toPublicJWK())
                .build(),
            claims().build());
    token.sign(new RSASSASigner(otherKey));
    assertNotLetIn(token.serialize());
  }

  @Test
  void theScopeOfTheRouteIsAskedFor() throws Exception {
    String readOnly = ours(claims().claim("scope", "accounts:read").build());
    HttpResponse<String> refused =
        send(
            anonymously("/v1/transfers")
                .header("Authorization", "Bearer " + readOnly)
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", newKey())
                .POST(BodyPublishers.ofString(transfer(1))));
    assertProblem(refused, 403, "forbidden");
    assertThat(header(refused, "WWW-Authenticate"))
        .contains("insufficient_scope")
        .contains("transfers:write");
    assertThat(with(ours(claims().claim("scope", Set.of("accounts:read")).build())).statusCode())
        .isEqualTo(200);
    assertProblem(with(ours(claims().claim("scope", "").build())), 403, "forbidden");
    for (String route : List.of("/v1/operator/checks", "/v1/operator/trial-balance")) {
      assertProblem(get("alice", route), 403, "forbidden");
      assertThat(get("operator", route).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void aStoredAnswerIsNotForAnExpiredToken() throws Exception {
    ledger.answers(request -> Reply.json(201, "{}"));
    String key = newKey();
    assertThat(post("alice", "/v1/transfers", key, transfer(1)).statusCode()).isEqualTo(201);
    String expired =
        ours(claims().expirationTime(Date.from(clock.instant().minusSeconds(60))).build());
    assertProblem(
        send(
            anonymously("/v1/transfers")
                .header("Authorization", "Bearer " + expired)
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", key)
                .POST(BodyPublishers.ofString(transfer(1)))),
        401,
        "unauthenticated");
  }
}
