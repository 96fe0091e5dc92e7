package dev.payledger.gateway.issuer;

import com.nimbusds.jose.jwk.RSAKey;
import org.springframework.context.ApplicationContext;

/// What the tests of other packages need of the demo issuer: its private key, which no row has in the clear.
public final class IssuerUnderTest {
  private IssuerUnderTest() {}

  /// The oldest one.
  public static RSAKey signingKey(ApplicationContext gateway) {
    return gateway.getBean(SigningKeys.class).all().getFirst().key();
  }
}
