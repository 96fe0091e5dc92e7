package dev.payledger.gateway.issuer;

import com.nimbusds.jose.jwk.RSAKey;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.text.ParseException;
import org.hibernate.annotations.Immutable;

/// The one key that the demo issuer signs with, as a private JWK (RFC 7517).
@Entity
@Immutable
@Table(name = "signing_key")
class SigningKey {
  static final String ACCESS_TOKENS = "access-tokens";

  @Id private String purpose;
  private String jwk;

  protected SigningKey() {}

  RSAKey toRsaKey() {
    try {
      return RSAKey.parse(jwk);
    } catch (ParseException e) {
      throw new IllegalStateException("the signing key in the database cannot be read", e);
    }
  }
}
