package dev.payledger.system;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import dev.payledger.testkit.TestIssuer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.concurrent.atomic.AtomicInteger;

/// Who forges tokens: has a key of his own, which anybody can fetch from him, and, so that a token is wrong in
/// one thing only, the key that the stack signs with, from its database.
final class Attacker implements AutoCloseable {
  private final RSAKey key;
  private final HttpServer keys;
  private final AtomicInteger asked = new AtomicInteger();

  Attacker() throws IOException, JOSEException {
    key = TestIssuer.key();
    byte[] published = new JWKSet(key).toString().getBytes(StandardCharsets.UTF_8);
    keys = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    keys.createContext(
        "/",
        exchange -> {
          asked.incrementAndGet();
          exchange.sendResponseHeaders(200, published.length);
          exchange.getResponseBody().write(published);
          exchange.close();
        });
    keys.start();
  }

  /// How often somebody fetched the attacker's keys.
  int timesAsked() {
    return asked.get();
  }

  ForgedTokens forged() throws JOSEException, ParseException {
    String whole = Stack.token("alice");
    SignedJWT read = SignedJWT.parse(whole);
    RSAKey ours =
        RSAKey.parse(
            Stack.text(
                "gateway",
                "SELECT jwk FROM signing_key WHERE strpos(jwk, ?) > 0",
                read.getHeader().getKeyID()));
    return new ForgedTokens(
        ours,
        read.getJWTClaimsSet().getIssuer(),
        whole,
        key,
        URI.create("http://127.0.0.1:" + keys.getAddress().getPort() + "/keys"));
  }

  @Override
  public void close() {
    keys.stop(0);
  }
}
