package dev.payledger.system.attack;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import dev.payledger.testkit.HostileTokens;
import dev.payledger.testkit.TestIssuer;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/// Access tokens that are wrong in one thing each. Some are signed with the stack's own key, so
/// that nothing else about them is wrong; one that is let in by mistake opens every route.
///
/// @param ours what the stack signs with
/// @param issuer that the stack's tokens name
/// @param whole a token of the stack's own
/// @param theirs what the attacker signs with, public at `theirKeys`
record ForgedTokens(RSAKey ours, String issuer, String whole, RSAKey theirs, URI theirKeys) {
  private static final Duration SOME_TIME = Duration.ofMinutes(10);

  /// The one with nothing wrong.
  String right() throws JOSEException {
    return changed(claims -> claims);
  }

  /// Tokens for the gateway by what is wrong, with its number on the checklist of docs/attacks.md.
  Map<String, String> all() throws JOSEException {
    return all("payledger");
  }

  /// @param audience that the service wants
  Map<String, String> all(String audience) throws JOSEException {
    Instant now = Clock.systemUTC().instant();
    Date past = Date.from(now.minus(SOME_TIME));
    Date future = Date.from(now.plus(SOME_TIME));
    String[] parts = whole.split("\\.");
    Map<String, String> tokens = new LinkedHashMap<>();
    tokens.put("2 no token at all", "x.y.z");
    tokens.put("2 expired", changed(claims -> claims.expirationTime(past)));
    tokens.put("2 without end", changed(claims -> claims.expirationTime(null)));
    tokens.put("2 not yet valid", changed(claims -> claims.notBeforeTime(future)));
    tokens.put("2 of another issuer", changed(claims -> claims.issuer("http://evil.test")));
    tokens.put("2 of no issuer", changed(claims -> claims.issuer(null)));
    tokens.put("2 for another audience", changed(claims -> claims.audience("somebody-else")));
    tokens.put("2 for no audience", changed(claims -> claims.audience((String) null)));
    tokens.put("2 of nobody", changed(claims -> claims.subject(null)));
    tokens.put("2 of a blank subject", changed(claims -> claims.subject(" ")));
    HostileTokens.all(
            (type, change) -> TestIssuer.signed(ours, type, claims -> change.apply(right(claims))),
            audience)
        .forEach((what, token) -> tokens.put("2 " + what, token));
    tokens.put("2 of an unknown key", by(theirs, rs256().keyID(theirs.getKeyID())));
    tokens.put("3 of another key under our key's id", by(theirs, rs256().keyID(kid())));
    for (JWSAlgorithm algorithm : List.of(JWSAlgorithm.RS512, JWSAlgorithm.PS256)) {
      tokens.put(
          "3 %s with our key".formatted(algorithm),
          by(ours, new JWSHeader.Builder(algorithm).keyID(kid())));
    }
    // The classic: the public key, which everybody has, taken for a shared secret.
    tokens.put(
        "3 HS256 with our public key for a secret",
        TestIssuer.signed(
            new JWSHeader.Builder(JWSAlgorithm.HS256).keyID(kid()).build(),
            new MACSigner(ours.toRSAPublicKey().getEncoded()),
            this::right));
    tokens.put("3 a key in the header", by(theirs, rs256().jwk(theirs.toPublicJWK())));
    tokens.put(
        "3 an address of keys in the header",
        by(theirs, rs256().keyID(theirs.getKeyID()).jwkURL(theirKeys)));
    tokens.put(
        "3 an address of a certificate in the header",
        by(theirs, rs256().keyID(kid()).x509CertURL(theirKeys)));
    for (String none : List.of("none", "None", "NONE", "")) {
      tokens.put(
          "3 alg '%s'".formatted(none),
          AttackFamily.base64("{\"alg\":\"%s\"}".formatted(none)) + "." + parts[1] + ".");
    }
    tokens.put(
        "3 claims changed after signing",
        parts[0]
            + "."
            + AttackFamily.base64("{\"sub\":\"operator\",\"scope\":\"ledger:operate\"}")
            + "."
            + parts[2]);
    tokens.put("3 signature left out", parts[0] + "." + parts[1] + ".");
    tokens.put("3 signature of zeros", parts[0] + "." + parts[1] + "." + "A".repeat(342));
    return tokens;
  }

  private String kid() {
    return ours.getKeyID();
  }

  private static JWSHeader.Builder rs256() {
    return new JWSHeader.Builder(JWSAlgorithm.RS256);
  }

  /// Signed as the issuer does, with other claims.
  private String changed(UnaryOperator<JWTClaimsSet.Builder> change) throws JOSEException {
    return TestIssuer.signed(
        rs256().keyID(kid()).build(),
        new RSASSASigner(ours),
        claims -> change.apply(right(claims)));
  }

  /// With the right claims.
  private String by(RSAKey key, JWSHeader.Builder header) throws JOSEException {
    return TestIssuer.signed(header.build(), new RSASSASigner(key), this::right);
  }

  private JWTClaimsSet.Builder right(JWTClaimsSet.Builder claims) {
    return claims.issuer(issuer).claim("scope", "accounts:read transfers:write ledger:operate");
  }
}
