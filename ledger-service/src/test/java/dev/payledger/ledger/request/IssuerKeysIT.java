package dev.payledger.ledger.request;

import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import dev.payledger.testkit.contract.IssuerKeysContract;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;

class IssuerKeysIT extends IssuerKeysContract {
  @Override
  protected JWKSource<SecurityContext> keys(
      URI jwksUrl, Duration fresh, Duration stale, Clock clock) {
    return new IssuerKeys(jwksUrl, fresh, stale, clock);
  }
}
