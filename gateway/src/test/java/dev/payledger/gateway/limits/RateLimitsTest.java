package dev.payledger.gateway.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.payledger.gateway.limits.RateLimitProperties.Budget;
import dev.payledger.gateway.routes.RouteClass;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletResponse;

class RateLimitsTest {
  private final AtomicLong nanos = new AtomicLong(1_000_000_000_000L);
  private final RateLimits limits =
      new RateLimits(
          new RateLimitProperties(
              new Budget(2, 4),
              new Budget(1, 1),
              new Budget(1, 1),
              new Budget(1, 2),
              new Budget(1, 3),
              100),
          new TimeMeter() {
            @Override
            public long currentTimeNanos() {
              return nanos.get();
            }

            @Override
            public boolean isWallClockBased() {
              return false;
            }
          });

  private boolean isAllowed(RouteClass routeClass, String caller) {
    return limits.take(routeClass, caller).isAllowed();
  }

  @Test
  void aBurstPassesAndTheNextCallWaitsForTheRefill() {
    for (int call = 0; call < 4; call++) {
      assertThat(isAllowed(RouteClass.MONEY, "alice")).isTrue();
    }
    Decision refused = limits.take(RouteClass.MONEY, "alice");
    assertThat(refused.isAllowed()).isFalse();
    assertThat(refused.nextIn()).isEqualTo(Duration.ofMillis(500));
    nanos.addAndGet(Duration.ofMillis(500).toNanos());
    assertThat(isAllowed(RouteClass.MONEY, "alice")).isTrue();
    assertThat(isAllowed(RouteClass.MONEY, "alice")).isFalse();
  }

  @Test
  void aBucketNeverHoldsMoreThanItsBurst() {
    nanos.addAndGet(Duration.ofDays(1).toNanos());
    for (int call = 0; call < 4; call++) {
      assertThat(isAllowed(RouteClass.MONEY, "alice")).isTrue();
    }
    assertThat(isAllowed(RouteClass.MONEY, "alice")).isFalse();
  }

  @Test
  void callersAndClassesHaveBucketsOfTheirOwn() {
    assertThat(isAllowed(RouteClass.READS, "alice")).isTrue();
    assertThat(isAllowed(RouteClass.READS, "alice")).isFalse();
    assertThat(isAllowed(RouteClass.READS, "bob")).isTrue();
    assertThat(isAllowed(RouteClass.FEED, "alice")).isTrue();
    assertThat(isAllowed(RouteClass.MONEY, "alice")).isTrue();
  }

  @Test
  void anAddressIsLimitedWhateverItClaimsToBe() {
    for (int call = 0; call < 3; call++) {
      assertThat(limits.takeByAddress("192.0.2.1").isAllowed()).isTrue();
    }
    assertThat(limits.takeByAddress("192.0.2.1").isAllowed()).isFalse();
    assertThat(limits.takeByAddress("192.0.2.2").isAllowed()).isTrue();
  }

  @Test
  void headersSayWhatIsLeftAndWhenItIsFullAgain() {
    MockHttpServletResponse response = new MockHttpServletResponse();
    limits.take(RouteClass.MONEY, "alice").writeHeaders(response);
    assertThat(response.getHeader("RateLimit-Policy")).isEqualTo("\"money\";q=4;w=2");
    assertThat(response.getHeader("RateLimit")).isEqualTo("\"money\";r=3;t=1");
  }

  @Test
  void aBudgetOfNothingIsAMistake() {
    assertThatThrownBy(() -> new Budget(0, 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Budget(1, 0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theClientIdIsReadFromHttpBasicAndBounded() {
    assertThat(OpenLimitFilter.clientId("Basic YWxpY2U6YWxpY2UtZGVtbw==")).isEqualTo("alice");
    assertThat(OpenLimitFilter.clientId("basic YWxpY2U6eA==")).isEqualTo("alice");
    assertThat(OpenLimitFilter.clientId("Basic !!!")).isEmpty();
    assertThat(OpenLimitFilter.clientId("Bearer abc")).isEmpty();
    assertThat(OpenLimitFilter.clientId(null)).isEmpty();
    String endless =
        java.util.Base64.getEncoder()
            .encodeToString(
                ("x".repeat(5_000) + ":y").getBytes(java.nio.charset.StandardCharsets.UTF_8));
    assertThat(OpenLimitFilter.clientId("Basic " + endless)).hasSize(100);
  }
}
