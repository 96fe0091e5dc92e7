package dev.payledger.testkit;

import com.nimbusds.jwt.JWTClaimsSet;
import java.time.Clock;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Tokens with a valid signature that are not valid access tokens (RFC 9068, RFC 8725). Every
/// service answers 401.
public final class HostileTokens {
  private HostileTokens() {}

  /// Signs with the issuer's key.
  @FunctionalInterface
  public interface Signer {
    String signed(String type, UnaryOperator<JWTClaimsSet.Builder> change);
  }

  /// By what is wrong.
  ///
  /// @param audience that the service wants
  public static Map<String, String> all(Signer signer, String audience) {
    Map<String, String> tokens = new LinkedHashMap<>();
    for (String type : List.of("JWT", "id+jwt", "at+jwt2", "logout+jwt", "")) {
      tokens.put("type '" + type + "'", signer.signed(type, claims -> claims));
    }
    for (String name : List.of("sub", "client_id", "jti", "iat", "exp", "iss", "aud")) {
      tokens.put("without " + name, ofClaim(signer, name, null));
    }
    for (String name : List.of("sub", "client_id", "jti")) {
      tokens.put("NUL in " + name, ofClaim(signer, name, "a\u0000b"));
      tokens.put("a line's end in " + name, ofClaim(signer, name, "a\nb"));
      tokens.put("blank " + name, ofClaim(signer, name, " "));
      tokens.put("long " + name, ofClaim(signer, name, "a".repeat(256)));
      tokens.put("number for " + name, ofClaim(signer, name, 7));
      tokens.put("list for " + name, ofClaim(signer, name, List.of("alice")));
    }
    for (String name : List.of("nbf", "exp", "iat")) {
      tokens.put("1e300 for " + name, ofClaim(signer, name, 1e300));
      tokens.put("-1e300 for " + name, ofClaim(signer, name, -1e300));
      tokens.put("2^63-1 for " + name, ofClaim(signer, name, Long.MAX_VALUE));
      tokens.put("a time that wraps for " + name, ofClaim(signer, name, 18_446_744_073_709_552L));
      tokens.put("text for " + name, ofClaim(signer, name, "soon"));
      tokens.put("list for " + name, ofClaim(signer, name, List.of(1)));
    }
    for (String name : List.of("scope", "scp")) {
      List<String> right = List.of("accounts:read");
      tokens.put("nested " + name, ofClaim(signer, name, List.of(right)));
      tokens.put("object for " + name, ofClaim(signer, name, Map.of("a", right)));
      tokens.put("number for " + name, ofClaim(signer, name, 7));
      tokens.put("numbers for " + name, ofClaim(signer, name, List.of(1, 2)));
    }
    for (String other : TestIssuer.AUDIENCES) {
      if (!other.equals(audience)) {
        tokens.put("for " + other, ofClaim(signer, "aud", other));
      }
    }
    return tokens;
  }

  /// Tokens that a clock skew of a minute would accept; the services allow ten seconds. The second
  /// one becomes valid half a minute later.
  public static Map<String, String> outOfTime(Signer signer) {
    Instant now = Clock.systemUTC().instant();
    return Map.of(
        "expired 15 s ago",
        signer.signed(
            "at+jwt",
            claims ->
                claims
                    .issueTime(Date.from(now.minusSeconds(60)))
                    .expirationTime(Date.from(now.minusSeconds(15)))),
        "valid from 45 s on",
        ofClaim(signer, "nbf", Date.from(now.plusSeconds(45))));
  }

  private static String ofClaim(Signer signer, String name, @Nullable Object value) {
    return signer.signed("at+jwt", claims -> claims.claim(name, value));
  }
}
