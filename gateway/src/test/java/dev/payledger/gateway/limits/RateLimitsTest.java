package dev.payledger.gateway.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.payledger.gateway.limits.BucketResult.Source;
import dev.payledger.gateway.limits.RateLimitProperties.Budget;
import dev.payledger.gateway.limits.RateLimitProperties.Mode;
import dev.payledger.gateway.limits.RateLimitProperties.Redis;
import dev.payledger.gateway.problem.GatewayErrorCode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletResponse;

class RateLimitsTest {
  private static final Redis REDIS =
      new Redis("redis://127.0.0.1:1", null, Duration.ofMillis(50), Duration.ofSeconds(1));

  private final Ticks ticks = new Ticks();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final RateLimitProperties properties =
      new RateLimitProperties(
          Mode.LOCAL,
          1,
          Duration.ofMillis(200),
          REDIS,
          new Budget(2, 4),
          new Budget(1, 1),
          new Budget(1, 1),
          new Budget(1, 2),
          new Budget(1, 3),
          new Budget(1, 3),
          new Budget(1, 5),
          100);
  private final RateLimits limits =
      new RateLimits(properties, new LocalBuckets(properties, Source.LOCAL, ticks), meters);

  private boolean isAllowed(RouteClass routeClass, String caller) {
    return limits.take(routeClass, caller, 1) instanceof RateLimitResult.Allowed;
  }

  private static MockHttpServletResponse headers(RateLimitResult decision) {
    MockHttpServletResponse response = new MockHttpServletResponse();
    decision.writeHeaders(response);
    return response;
  }

  @Test
  void aBurstPassesAndTheNextCallWaitsForTheRefill() {
    for (int call = 0; call < 4; call++) {
      assertThat(isAllowed(RouteClass.MONEY, "alice")).isTrue();
    }
    RateLimitResult refused = limits.take(RouteClass.MONEY, "alice", 1);
    assertThat(refused)
        .isEqualTo(
            new RateLimitResult.Refused("money", new Budget(2, 4), 0, Duration.ofMillis(500), 1));
    ticks.advance(Duration.ofMillis(500));
    assertThat(isAllowed(RouteClass.MONEY, "alice")).isTrue();
    assertThat(isAllowed(RouteClass.MONEY, "alice")).isFalse();
  }

  @Test
  void aBucketNeverHoldsMoreThanItsBurst() {
    ticks.advance(Duration.ofDays(1));
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
  void aDearCallTakesManyTokensOrNone() {
    assertThat(limits.take(RouteClass.MONEY, "alice", 3))
        .isInstanceOf(RateLimitResult.Allowed.class);
    assertThat(limits.take(RouteClass.MONEY, "alice", 2))
        .isInstanceOf(RateLimitResult.Refused.class);
    assertThat(isAllowed(RouteClass.MONEY, "alice")).isTrue();
  }

  @Test
  void theRestOfACostIsRefusedUntilAllOfItWouldPass() {
    assertThat(isAllowed(RouteClass.MONEY, "alice")).isTrue();
    assertThat(isAllowed(RouteClass.MONEY, "alice")).isTrue();
    // Two tokens are left, and three are to be paid; who comes again pays four.
    RateLimitResult refused = limits.takeRest(RouteClass.MONEY, "alice", 4);
    assertThat(refused)
        .isEqualTo(
            new RateLimitResult.Refused("money", new Budget(2, 4), 2, Duration.ofSeconds(1), 4));
    ticks.advance(Duration.ofSeconds(1));
    assertThat(isAllowed(RouteClass.MONEY, "alice")).isTrue();
    assertThat(limits.takeRest(RouteClass.MONEY, "alice", 4))
        .isInstanceOf(RateLimitResult.Allowed.class);
  }

  @Test
  void whatCostsMoreThanTheBurstIsNoMatterOfWaiting() {
    RateLimitResult decision = limits.takeRest(RouteClass.MONEY, "alice", 5);
    assertThat(decision).isEqualTo(new RateLimitResult.CostsTooMuch("money", new Budget(2, 4), 5));
    assertThat(decision.problem().code()).isEqualTo(GatewayErrorCode.COST_ABOVE_BURST);
    assertThat(decision.problem().retryAfter()).isNull();
    assertThat(headers(decision).getHeader("RateLimit-Policy")).isEqualTo("\"money\";q=4;w=2");
    assertThat(headers(decision).getHeader("RateLimit")).isNull();
  }

  @Test
  void anAddressIsLimitedWhateverItClaimsToBe() {
    for (int call = 0; call < 3; call++) {
      assertThat(limits.takeByAddress(RouteClass.KEY_SET, "192.0.2.1"))
          .isInstanceOf(RateLimitResult.Allowed.class);
    }
    assertThat(limits.takeByAddress(RouteClass.KEY_SET, "192.0.2.1"))
        .isInstanceOf(RateLimitResult.Refused.class);
    assertThat(limits.takeByAddress(RouteClass.KEY_SET, "::ffff:192.0.2.1"))
        .isInstanceOf(RateLimitResult.Refused.class);
    assertThat(limits.takeByAddress(RouteClass.KEY_SET, "192.0.2.2"))
        .isInstanceOf(RateLimitResult.Allowed.class);
    assertThat(limits.takeByAddress(RouteClass.DESCRIPTION, "192.0.2.1"))
        .as("a budget of its own")
        .isInstanceOf(RateLimitResult.Allowed.class);
  }

  @Test
  void theManyAddressesOfOneIpv6LineHaveOneBudget() {
    for (int host = 1; host <= 3; host++) {
      assertThat(limits.takeByAddress(RouteClass.KEY_SET, "2001:db8::" + host))
          .isInstanceOf(RateLimitResult.Allowed.class);
    }
    assertThat(limits.takeByAddress(RouteClass.KEY_SET, "2001:db8::4"))
        .isInstanceOf(RateLimitResult.Refused.class);
    assertThat(limits.takeByClient("alice", "2001:db8::1"))
        .isInstanceOf(RateLimitResult.Allowed.class);
    assertThat(limits.takeByClient("alice", "2001:db8::2"))
        .isInstanceOf(RateLimitResult.Allowed.class);
    assertThat(limits.takeByClient("alice", "2001:db8::3"))
        .isInstanceOf(RateLimitResult.Refused.class);
  }

  /// What the draft asks: a non-negative whole number each, and no Retry-After before `t`.
  @Test
  void headersSayWhatIsLeftAndWhenThereIsMore() {
    MockHttpServletResponse within = headers(limits.take(RouteClass.MONEY, "alice", 1));
    assertThat(within.getHeader("RateLimit-Policy")).isEqualTo("\"money\";q=4;w=2");
    assertThat(within.getHeader("RateLimit")).isEqualTo("\"money\";r=3;t=1");
    RateLimitResult refused = limits.take(RouteClass.MONEY, "alice", 4);
    assertThat(headers(refused).getHeader("RateLimit")).isEqualTo("\"money\";r=3;t=1");
    assertThat(refused.problem().retryAfter()).isEqualTo(Duration.ofMillis(500));
  }

  @Test
  void decisionsAreCounted() {
    isAllowed(RouteClass.READS, "alice");
    isAllowed(RouteClass.READS, "alice");
    limits.take(RouteClass.READS, "alice", 2);
    assertThat(counted("local", "allowed")).isEqualTo(1);
    assertThat(counted("local", "refused")).isEqualTo(1);
    assertThat(counted("none", "cost-above-burst")).isEqualTo(1);
  }

  private double counted(String source, String outcome) {
    return meters
        .get("gateway.limit.decided")
        .tags("policy", "reads", "source", source, "outcome", outcome)
        .counter()
        .count();
  }

  @Test
  void aBudgetOfNothingIsAMistake() {
    assertThatThrownBy(() -> new Budget(0, 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Budget(1, 0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void moreNodesThanTokensIsAMistake() {
    assertThat(Ticks.properties(3, new Budget(3, 5)).nodes()).isEqualTo(3);
    assertThatThrownBy(() -> Ticks.properties(4, new Budget(3, 5)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Ticks.properties(4, new Budget(5, 3)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Ticks.properties(0, new Budget(3, 5)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void redisIsNeverWaitedForLongerThan50Milliseconds() {
    assertThatThrownBy(
            () -> new Redis("redis://x", null, Duration.ofMillis(51), Duration.ofSeconds(1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void keysAreABudgetOfTheirOwnWhateverTheCallsBudgetIs() {
    for (int key = 0; key < 5; key++) {
      assertThat(limits.takeKeys("alice", 1)).isInstanceOf(RateLimitResult.Allowed.class);
    }
    RateLimitResult refused = limits.takeKeys("alice", 1);
    assertThat(refused).isInstanceOf(RateLimitResult.Refused.class);
    assertThat(refused.policy()).isEqualTo("keys");
    assertThat(limits.takeKeys("bob", 5)).isInstanceOf(RateLimitResult.Allowed.class);
    assertThat(isAllowed(RouteClass.MONEY, "alice")).isTrue();
  }
}
