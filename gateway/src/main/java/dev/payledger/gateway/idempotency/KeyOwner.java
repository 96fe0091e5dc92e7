package dev.payledger.gateway.idempotency;

import java.util.Objects;
import org.springframework.security.oauth2.jwt.Jwt;

/// Whose key it is: the same text sent by somebody else is another key.
public record KeyOwner(String issuer, String principal) {

  /// The bearer of a token that has passed the decoder, which insists on both claims.
  public static KeyOwner of(Jwt token) {
    return new KeyOwner(
        Objects.requireNonNull(token.getClaimAsString("iss")),
        Objects.requireNonNull(token.getSubject()));
  }
}
