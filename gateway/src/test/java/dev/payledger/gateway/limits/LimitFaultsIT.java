package dev.payledger.gateway.limits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.gateway.limits.BucketResult.Source;
import dev.payledger.gateway.limits.RateLimitProperties.Budget;
import dev.payledger.stack.server.RedisServer;
import dev.payledger.stack.server.TcpProxy;
import dev.payledger.testkit.Ports;
import dev.payledger.testkit.Redis;
import io.github.bucket4j.TimeMeter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Two nodes on one real Redis that is killed, flushed, slowed and cut off: how long a decision takes,
/// and how much all decisions together let in.
class LimitFaultsIT {
  private static final Budget BUDGET = new Budget(200, 100);
  private static final int NODES = 2;
  private static final int CALLS = 100;
  private static final Duration SLOW = Duration.ofSeconds(10);

  /// A machine that does other things too may be late, but not by half of how slow Redis is.
  private static final Duration LATE = SLOW.dividedBy(2);

  private RedisServer server;
  private TcpProxy wire;
  private final List<LimitStore> stores = new ArrayList<>();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  /// How the nodes count.
  enum Counting {
    REDIS,
    LEASED
  }

  @BeforeEach
  void start() {
    server = Redis.another(Ports.free());
    wire = TcpProxy.to(server.port());
  }

  @AfterEach
  void stop() throws IOException {
    stores.forEach(LimitStore::close);
    wire.close();
    server.close();
  }

  private TokenBuckets node(Counting counting) {
    RateLimitProperties properties =
        Ticks.properties(NODES, BUDGET, "redis://127.0.0.1:" + wire.port());
    TimeMeter time = TimeMeter.SYSTEM_NANOTIME;
    LimitStore store =
        new LimitStore(
            properties.redis(), properties.redis().timeout(), LimitStore.script(), meters);
    stores.add(store);
    LocalBuckets part = new LocalBuckets(properties, Source.PART, time);
    TokenBuckets node =
        switch (counting) {
          case REDIS -> new RedisBuckets(store, part);
          case LEASED -> new LeasedBuckets(store, part, properties, time);
        };
    awaitRedis(node);
    return node;
  }

  /// Waits until the node has an answer of Redis, for a caller of its own.
  private static void awaitRedis(TokenBuckets node) {
    BucketKey bucketKey = bucketKey();
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> node.take(bucketKey, 1).source() == Source.REDIS);
  }

  private static BucketKey bucketKey() {
    return new BucketKey("money", BUDGET, UUID.randomUUID().toString());
  }

  @ParameterizedTest
  @EnumSource(Counting.class)
  void aSlowRedisIsWaitedForFiftyMillisecondsAndThenSpared(Counting counting) {
    TokenBuckets node = node(counting);
    wire.slowBy(SLOW);
    assertThatDecisionsAreQuickAndLocal(node);
    wire.heal();
    awaitRedis(node);
  }

  @ParameterizedTest
  @EnumSource(Counting.class)
  void aRedisThatVanishedIsWaitedForFiftyMillisecondsAndThenSpared(Counting counting) {
    TokenBuckets node = node(counting);
    wire.blackHole();
    assertThatDecisionsAreQuickAndLocal(node);
    wire.heal();
    awaitRedis(node);
  }

  @ParameterizedTest
  @EnumSource(Counting.class)
  void aDeadRedisIsSparedAndTakenUpAgainWhenItIsBack(Counting counting) {
    TokenBuckets node = node(counting);
    server.kill();
    assertThatDecisionsAreQuickAndLocal(node);
    server = Redis.another(server.port());
    awaitRedis(node);
  }

  @Test
  void aConnectionThatDiedWithoutAWordIsGivenUpForANewOne() {
    TokenBuckets node = node(Counting.REDIS);
    wire.abandon();
    assertThatADecisionIsQuickAndLocal(node);
    awaitRedis(node);
  }

  private void assertThatDecisionsAreQuickAndLocal(TokenBuckets node) {
    double failedBefore = fallbacks("failed");
    double sparedBefore = fallbacks("spared");
    long began = System.nanoTime();
    for (int call = 0; call < CALLS; call++) {
      assertThatADecisionIsQuickAndLocal(node);
    }
    Duration lasted = Duration.ofNanos(System.nanoTime() - began);
    double failed = fallbacks("failed") - failedBefore;
    assertThat(failed)
        .as("until it was spared, and then once in each %s of %s", Ticks.RETRY_AFTER, lasted)
        .isBetween(1.0, 11.0 + lasted.dividedBy(Ticks.RETRY_AFTER));
    assertThat(fallbacks("spared") - sparedBefore).isGreaterThanOrEqualTo(CALLS - failed);
  }

  private static void assertThatADecisionIsQuickAndLocal(TokenBuckets node) {
    long asked = System.nanoTime();
    BucketResult result = node.take(bucketKey(), 1);
    assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(LATE);
    assertThat(result.source()).isEqualTo(Source.PART);
    assertThat(result.isTaken()).as("a part of the budget is there").isTrue();
  }

  private double fallbacks(String why) {
    return meters.get("gateway.limit.fallback").tag("why", why).counter().count();
  }

  @ParameterizedTest
  @EnumSource(Counting.class)
  void twoNodesTogetherLetInWhatOneWould(Counting counting) throws Exception {
    Run run = run(counting, Duration.ofSeconds(1), () -> {});
    assertThat(run.shared()).isLessThanOrEqualTo(run.budget());
    assertThat(run.shared() + run.byParts())
        .as("and not much less")
        .isGreaterThan(run.budget() * 3 / 4);
  }

  @ParameterizedTest
  @EnumSource(Counting.class)
  void aFlushLetsInOneBurstMore(Counting counting) throws Exception {
    Run run = run(counting, Duration.ofSeconds(1), () -> server.flush());
    assertThat(run.shared()).isLessThanOrEqualTo(run.budget() + BUDGET.burst());
    assertThat(run.shared() + run.byParts()).as("the flush was felt").isGreaterThan(run.budget());
  }

  @ParameterizedTest
  @EnumSource(Counting.class)
  void aDeathLetsInTheIdlePartsAndTheBurstOfAnEmptyRedis(Counting counting) throws Exception {
    Run run =
        run(
            counting,
            Duration.ofMillis(1_500),
            () -> {
              server.kill();
              server = Redis.another(server.port());
            });
    assertThat(run.shared()).isLessThanOrEqualTo(run.budget() + BUDGET.burst());
    assertThat(run.byParts()).isBetween(1L, run.budget());
  }

  @ParameterizedTest
  @EnumSource(Counting.class)
  void aPartitionLetsInAtMostTwiceAsMuchAndLocksNobodyOut(Counting counting) throws Exception {
    Run run = run(counting, Duration.ofMillis(1_500), () -> wire.blackHole());
    assertThat(run.shared()).isLessThanOrEqualTo(run.budget());
    assertThat(run.byParts()).isBetween(BUDGET.burst() + tokensIn(run.lasted()) / 4, run.budget());
  }

  /// @param shared tokens let in by Redis or by leases of it
  /// @param byParts tokens let in by the nodes' own parts, without Redis
  private record Run(long shared, long byParts, Duration lasted) {
    /// What one bucket would let in meanwhile.
    long budget() {
      return BUDGET.burst() + tokensIn(lasted);
    }
  }

  @FunctionalInterface
  private interface Fault {
    void happens() throws Exception;
  }

  /// One caller at two nodes, who never waits; the fault is in the middle.
  private Run run(Counting counting, Duration length, Fault fault) throws Exception {
    List<TokenBuckets> nodes = List.of(node(counting), node(counting));
    BucketKey bucketKey = bucketKey();
    LongAdder shared = new LongAdder();
    LongAdder byParts = new LongAdder();
    AtomicBoolean isOver = new AtomicBoolean();
    long began = System.nanoTime();
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> running = new ArrayList<>();
      for (int caller = 0; caller < 4; caller++) {
        TokenBuckets node = nodes.get(caller % NODES);
        int tokens = 1 + caller;
        running.add(
            callers.submit(
                () -> {
                  while (!isOver.get()) {
                    BucketResult result = node.take(bucketKey, tokens);
                    if (result.isTaken()) {
                      (result.source() == Source.PART ? byParts : shared).add(tokens);
                    }
                    Thread.yield();
                  }
                }));
      }
      Awaitility.await().pollDelay(length.dividedBy(2)).until(() -> true);
      fault.happens();
      Awaitility.await().pollDelay(length.dividedBy(2)).until(() -> true);
      isOver.set(true);
      for (Future<?> each : running) {
        each.get();
      }
    }
    return new Run(shared.sum(), byParts.sum(), Duration.ofNanos(System.nanoTime() - began));
  }

  private static long tokensIn(Duration time) {
    return Math.ceilDiv(time.toNanos() * BUDGET.perSecond(), 1_000_000_000L);
  }

  @Test
  void aUserThatRedisDoesNotKnowIsAFaultLikeAnyOther() {
    RateLimitProperties.Redis wrong =
        new RateLimitProperties.Redis(
            "redis://nobody@127.0.0.1:" + server.port(),
            "no-such-password",
            Duration.ofMillis(50),
            Duration.ofMillis(200));
    LimitStore store = new LimitStore(wrong, wrong.timeout(), LimitStore.script(), meters);
    stores.add(store);
    assertThat(store.draw(bucketKey(), 0, 1, 1, store.timeout())).isEmpty();
  }
}
