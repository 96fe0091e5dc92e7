package dev.payledger.system.attack;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import dev.payledger.system.Stack;
import dev.payledger.testkit.TestIssuer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.text.ParseException;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.HKDFParameterSpec;

/// Who forges tokens: has a key of his own, which anybody can fetch from him, and, so that a token
/// is wrong in one thing only, the key that the stack signs with, from its database and the secret
/// that it is sealed with.
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
    return new ForgedTokens(
        stackKey(read.getHeader().getKeyID()),
        read.getJWTClaimsSet().getIssuer(),
        whole,
        key,
        URI.create("http://127.0.0.1:" + keys.getAddress().getPort() + "/keys"));
  }

  /// Opens what `KeySeal` of the gateway has sealed.
  private static RSAKey stackKey(String kid) throws ParseException {
    String rows =
        Stack.text(
            "gateway",
            "SELECT string_agg(generation || ' ' || encode(sealed_jwk, 'hex'), ',') FROM signing_key");
    for (String row : rows.split(",", -1)) {
      String[] parts = row.split(" ", 2);
      RSAKey opened = opened(Integer.parseInt(parts[0]), HexFormat.of().parseHex(parts[1]));
      if (opened.getKeyID().equals(kid)) {
        return opened;
      }
    }
    throw new AssertionError("no row has the key " + kid);
  }

  private static RSAKey opened(int generation, byte[] sealed) throws ParseException {
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(
          Cipher.DECRYPT_MODE,
          KDF.getInstance("HKDF-SHA256")
              .deriveKey(
                  "AES",
                  HKDFParameterSpec.ofExtract()
                      .addIKM(Stack.secret("SIGNING_KEYS_SECRET").getBytes(StandardCharsets.UTF_8))
                      .thenExpand(ascii("payledger gateway signing key AES-256-GCM v1"), 32)),
          new GCMParameterSpec(128, sealed, 1, 12));
      cipher.updateAAD(sealed, 0, 1);
      cipher.updateAAD(ascii("payledger gateway signing key"));
      cipher.updateAAD(ByteBuffer.allocate(Integer.BYTES).putInt(generation).array());
      return RSAKey.parse(
          new String(cipher.doFinal(sealed, 13, sealed.length - 13), StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public void close() {
    keys.stop(0);
  }
}
