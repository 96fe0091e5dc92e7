package dev.payledger.gateway.issuer;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import dev.payledger.gateway.GatewayUnderTest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

class SigningKeysIT extends GatewayUnderTest {
  @Autowired private SigningKeys keys;
  @Autowired private JWKSource<SecurityContext> inUse;

  private static String kid(JWKSource<SecurityContext> source) throws Exception {
    return source
        .get(new JWKSelector(new JWKMatcher.Builder().build()), null)
        .getFirst()
        .getKeyID();
  }

  @Test
  void theKeyOutlivesARestart() throws Exception {
    assertThat(kid(new IssuerConfiguration().signingKey(keys, clock))).isEqualTo(kid(inUse));
  }

  @Test
  void gatewaysThatStartAtOnceAgreeOnOneKey() throws Exception {
    sql("ALTER TABLE signing_key RENAME TO signing_key_away");
    sql("CREATE TABLE signing_key (LIKE signing_key_away INCLUDING ALL)");
    sql("GRANT SELECT, INSERT ON signing_key TO gateway_app");
    try (ExecutorService gateways = Executors.newVirtualThreadPerTaskExecutor()) {
      CyclicBarrier start = new CyclicBarrier(4);
      List<Future<String>> starts = new ArrayList<>();
      for (int gateway = 0; gateway < 4; gateway++) {
        starts.add(
            gateways.submit(
                () -> {
                  start.await();
                  return kid(new IssuerConfiguration().signingKey(keys, clock));
                }));
      }
      Set<String> kids = new HashSet<>();
      for (Future<String> started : starts) {
        kids.add(started.get());
      }
      assertThat(kids).hasSize(1).doesNotContain(kid(inUse));
    } finally {
      sql("DROP TABLE signing_key");
      sql("ALTER TABLE signing_key_away RENAME TO signing_key");
    }
  }
}
