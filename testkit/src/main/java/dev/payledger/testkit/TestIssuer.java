package dev.payledger.testkit;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
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
import java.util.function.UnaryOperator;

/// A token issuer for tests: one RSA key and a server for its public half.
public final class TestIssuer {
  public static final String URL = "http://issuer.test";

  private final RSAKey key;
  private final HttpServer server;

  public TestIssuer() {
    try {
      key = key();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
    server = serveKeys(0);
  }

  /// Serves the public key on one more port; 0 for any.
  public HttpServer serveKeys(int port) {
    try {
      byte[] keys = new JWKSet(key.toPublicJWK()).toString().getBytes(StandardCharsets.UTF_8);
      HttpServer keyServer =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
      keyServer.createContext(
          "/oauth2/jwks",
          exchange -> {
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
    return key.toPublicJWK();
  }

  public String token(String subject) {
    return token(subject, "accounts:read transfers:write");
  }

  public String token(String subject, String scope) {
    return token(claims -> claims.subject(subject).claim("scope", scope));
  }

  /// A token as `alice` may have, changed by the caller.
  public String token(UnaryOperator<JWTClaimsSet.Builder> change) {
    return signed(key, change);
  }

  public String tokenOfType(String type) throws JOSEException {
    return signed(
        new JWSHeader.Builder(JWSAlgorithm.RS256)
            .type(new JOSEObjectType(type))
            .keyID(key.getKeyID())
            .build(),
        new RSASSASigner(key),
        claims -> claims);
  }

  /// Signed with the issuer's key in another way than it does.
  public String tokenBy(JWSAlgorithm algorithm) throws JOSEException {
    return signed(
        new JWSHeader.Builder(algorithm).keyID(key.getKeyID()).build(),
        new RSASSASigner(key),
        claims -> claims);
  }

  public static String signed(RSAKey key, UnaryOperator<JWTClaimsSet.Builder> change) {
    try {
      return signed(
          new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(key.getKeyID()).build(),
          new RSASSASigner(key),
          change);
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  public static String signed(
      JWSHeader header, JWSSigner signer, UnaryOperator<JWTClaimsSet.Builder> change) {
    Instant now = Clock.systemUTC().instant();
    JWTClaimsSet claims =
        change
            .apply(
                new JWTClaimsSet.Builder()
                    .issuer(URL)
                    .audience("payledger")
                    .subject("alice")
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
