package dev.payledger.testkit;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// A token issuer for tests: RSA keys, of which the newest signs, and a server for their public
/// halves.
public final class TestIssuer {
  public static final String URL = "http://issuer.test";

  /// The audiences of the gateway and of each service behind it.
  public static final List<String> AUDIENCES =
      List.of("payledger", "payledger-ledger", "payledger-notify");

  private static final String ACCESS_TOKEN = "at+jwt";

  private final HttpServer server;
  private final AtomicInteger timesAsked = new AtomicInteger();
  private volatile List<RSAKey> published;

  public TestIssuer() {
    published = List.of(newKey());
    server = serveKeys(0);
  }

  /// A new key signs; the ones before stay published.
  public void rotate() {
    published = Stream.concat(Stream.of(newKey()), published.stream()).toList();
  }

  /// Only the key that signs stays published.
  public void takeBackOlderKeys() {
    published = List.of(signing());
  }

  /// How often anybody fetched the keys.
  public int timesAsked() {
    return timesAsked.get();
  }

  /// Serves the public keys on one more port; 0 for any.
  public HttpServer serveKeys(int port) {
    try {
      HttpServer keyServer =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
      keyServer.createContext(
          "/oauth2/jwks",
          exchange -> {
            timesAsked.incrementAndGet();
            byte[] keys =
                new JWKSet(published.stream().<JWK>map(RSAKey::toPublicJWK).toList())
                    .toString()
                    .getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, keys.length);
            exchange.getResponseBody().write(keys);
            exchange.close();
          });
      keyServer.start();
      return keyServer;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  public static RSAKey key() throws JOSEException {
    return new RSAKeyGenerator(2048).keyIDFromThumbprint(true).generate();
  }

  public String jwksUrl() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/oauth2/jwks";
  }

  public RSAKey publicKey() {
    return signing().toPublicJWK();
  }

  private RSAKey signing() {
    return published.getFirst();
  }

  private static RSAKey newKey() {
    try {
      return key();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  public String token(String subject) {
    return token(subject, "accounts:read transfers:write");
  }

  public String token(String subject, String scope) {
    return token(claims -> claims.subject(subject).claim("scope", scope));
  }

  /// A token as `alice` may have, changed by the caller.
  public String token(UnaryOperator<JWTClaimsSet.Builder> change) {
    return signed(signing(), change);
  }

  /// @param type empty for none
  public String token(String type, UnaryOperator<JWTClaimsSet.Builder> change) {
    return signed(signing(), type, change);
  }

  /// Tokens of `alice` for this audience, by what is wrong about each.
  public Map<String, String> hostileTokens(String audience) {
    Map<String, String> tokens = HostileTokens.all(this::token, audience);
    tokens.putAll(HostileTokens.outOfTime(this::token));
    return tokens;
  }

  /// Signed with the issuer's key in another way than it does.
  public String tokenBy(JWSAlgorithm algorithm) throws JOSEException {
    return signed(
        new JWSHeader.Builder(algorithm).keyID(signing().getKeyID()).build(),
        new RSASSASigner(signing()),
        claims -> claims);
  }

  public static String signed(RSAKey key, UnaryOperator<JWTClaimsSet.Builder> change) {
    return signed(key, ACCESS_TOKEN, change);
  }

  public static String signed(RSAKey key, String type, UnaryOperator<JWTClaimsSet.Builder> change) {
    JWSHeader.Builder header = new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(key.getKeyID());
    if (!type.isEmpty()) {
      header.type(new JOSEObjectType(type));
    }
    try {
      return sealed(header.build(), new RSASSASigner(key), change);
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  /// With the type of access tokens, so that the type is not what is wrong.
  public static String signed(
      JWSHeader header, JWSSigner signer, UnaryOperator<JWTClaimsSet.Builder> change) {
    return sealed(
        new JWSHeader.Builder(header).type(new JOSEObjectType(ACCESS_TOKEN)).build(),
        signer,
        change);
  }

  private static String sealed(
      JWSHeader header, JWSSigner signer, UnaryOperator<JWTClaimsSet.Builder> change) {
    Instant now = Clock.systemUTC().instant();
    JWTClaimsSet claims =
        change
            .apply(
                new JWTClaimsSet.Builder()
                    .issuer(URL)
                    .audience(AUDIENCES)
                    .subject("alice")
                    .claim("client_id", "alice")
                    .jwtID(UUID.randomUUID().toString())
                    .claim("scope", "accounts:read")
                    .issueTime(Date.from(now))
                    .expirationTime(Date.from(now.plusSeconds(600))))
            .build();
    SignedJWT token = new SignedJWT(header, claims);
    try {
      token.sign(signer);
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
    return token.serialize();
  }
}
