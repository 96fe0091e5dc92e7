package dev.payledger.ledger.request;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.RSAKey;
import dev.payledger.ledger.LedgerUnderTest;
import dev.payledger.testkit.TestIssuer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class KeyRotationIT extends LedgerUnderTest {
  private static final String ACCOUNTS = "/v1/accounts";

  @Test
  void tokensOfAKeyAreAcceptedUntilFiveMinutesAfterTheIssuerTookItBack() throws JOSEException {
    String old = alice();
    assertThat(get(ACCOUNTS, old).status()).isEqualTo(200);
    ISSUER.rotate();
    clock.advance(Duration.ofSeconds(1));
    String young = alice();
    assertThat(get(ACCOUNTS, young).status()).isEqualTo(200);
    assertThat(get(ACCOUNTS, old).status()).isEqualTo(200);

    int asked = ISSUER.timesAsked();
    RSAKey forgers = TestIssuer.key();
    for (int call = 0; call < 50; call++) {
      assertThat(get(ACCOUNTS, TestIssuer.signed(forgers, claims -> claims)).status())
          .isEqualTo(401);
    }
    assertThat(ISSUER.timesAsked()).isLessThanOrEqualTo(asked + 1);

    ISSUER.takeBackOlderKeys();
    clock.advance(Duration.ofMinutes(5));
    assertThat(get(ACCOUNTS, old).status()).isEqualTo(401);
    assertThat(get(ACCOUNTS, young).status()).isEqualTo(200);
  }
}
