package dev.payledger.gateway.limits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.gateway.limits.BucketResult.Source;
import dev.payledger.gateway.limits.RateLimitProperties.Budget;
import dev.payledger.gateway.limits.Trace.Call;
import dev.payledger.testkit.Redis;
import dev.payledger.testkit.Seed;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What a fleet decides with buckets in a real Redis, against the reference. The script is the one
/// that is shipped, byte for byte; only its `redis` is another, whose clock the test moves.
class SharedBucketsIT {
  private static final String CLOCK = "test:clock";

  /// Tells the test's time, and keeps buckets without an end: the real clock runs on meanwhile.
  private static final String OTHER_CLOCK =
      """
      local real = redis
      local redis = {
        call = function(command, key, ...)
          if command == 'TIME' then
            local micros = real.call('GET', '%s')
            return {string.sub(micros, 1, -7), string.sub(micros, -6)}
          elseif command == 'SET' then
            return real.call('SET', key, (...))
          end
          return real.call(command, key, ...)
        end
      }
      """
          .formatted(CLOCK);

  /// What is granted is looked at here, however busy the machine; `LimitFaultsIT` has the 50 ms.
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static RedisClient client;
  private static RedisCommands<String, String> redis;

  private final Ticks ticks = new Ticks();
  private final List<LimitStore> stores = new ArrayList<>();

  @BeforeAll
  static void connect() {
    client = RedisClient.create(RedisURI.create(Redis.url()));
    StatefulRedisConnection<String, String> connection = client.connect();
    redis = connection.sync();
  }

  @AfterAll
  static void disconnect() {
    client.shutdown();
  }

  @AfterEach
  void close() {
    stores.forEach(LimitStore::close);
  }

  private LimitStore store(boolean isOnTheTestsClock) {
    byte[] script = LimitStore.script();
    if (isOnTheTestsClock) {
      String text = OTHER_CLOCK + new String(script, StandardCharsets.UTF_8);
      script = text.getBytes(StandardCharsets.UTF_8);
    }
    RateLimitProperties.Redis properties =
        Ticks.properties(1, new Budget(1, 1), Redis.url()).redis();
    LimitStore store = new LimitStore(properties, PATIENCE, script, new SimpleMeterRegistry());
    stores.add(store);
    Awaitility.await()
        .until(() -> store.draw(bucketKey(new Budget(1, 1)), 0, 0, 0, store.timeout()).isPresent());
    return store;
  }

  private static BucketKey bucketKey(Budget budget) {
    return new BucketKey("money", budget, UUID.randomUUID().toString());
  }

  private LocalBuckets part(int nodes, Budget budget) {
    return new LocalBuckets(Ticks.properties(nodes, budget), Source.PART, ticks);
  }

  private void setClock() {
    redis.set(CLOCK, Long.toString(ticks.currentTimeNanos() / 1_000));
  }

  @Test
  void everyDecisionOfARandomTraceIsTheReferences() {
    RandomGenerator random = Seed.next().random();
    setClock();
    LimitStore store = store(true);
    int refused = 0;
    for (int round = 0; round < Seed.rounds(20); round++) {
      Trace trace = Trace.of(random, 2, 200);
      // Two gateways and one bucket: it does not matter who asks.
      List<RedisBuckets> nodes =
          List.of(
              new RedisBuckets(store, part(2, trace.budget())),
              new RedisBuckets(store, part(2, trace.budget())));
      BucketKey bucketKey = bucketKey(trace.budget());
      ReferenceBucket reference = new ReferenceBucket(trace.budget(), ticks.currentTimeNanos());
      for (Call call : trace.calls()) {
        ticks.advanceMicros(call.pauseMicros());
        setClock();
        BucketResult result = nodes.get(call.node()).take(bucketKey, call.tokens());
        assertThat(result.source()).isEqualTo(Source.REDIS);
        assertThat(result.isTaken())
            .as("%s of %s", call, trace.budget())
            .isEqualTo(reference.take(call.tokens(), ticks.currentTimeNanos()));
        assertThat(result.remaining()).isEqualTo(reference.wholeTokens());
        refused += result.isTaken() ? 0 : 1;
      }
    }
    assertThat(refused).as("the traces reach the edge").isGreaterThan(100);
  }

  @Test
  void whatSlicesGrantBeyondTheReferenceIsWhatTheyHold() {
    RandomGenerator random = Seed.next().random();
    setClock();
    LimitStore store = store(true);
    int refused = 0;
    for (int round = 0; round < Seed.rounds(20); round++) {
      int nodes = random.nextInt(1, 4);
      Trace trace = Trace.of(random, nodes, 200);
      Budget budget = trace.budget();
      RateLimitProperties properties = Ticks.properties(nodes, budget);
      List<LeasedBuckets> fleet = new ArrayList<>();
      for (int node = 0; node < nodes; node++) {
        fleet.add(new LeasedBuckets(store, part(nodes, budget), properties, ticks));
      }
      // Of a lease of 200 ms, a node's lease; it is leased to be spent, so one token of it is gone.
      long heldMax = Math.max(1, budget.perSecond() / 5 / nodes) - 1;
      long now = ticks.currentTimeNanos();
      ReferenceBucket most =
          new ReferenceBucket(budget.perSecond(), budget.burst() + nodes * heldMax, now);
      ReferenceBucket least = new ReferenceBucket(budget, now);
      BucketKey bucketKey = bucketKey(budget);
      for (Call call : trace.calls()) {
        ticks.advanceMicros(call.pauseMicros());
        setClock();
        if (random.nextInt(5) == 0) {
          fleet.get(random.nextInt(nodes)).runOnce();
        }
        now = ticks.currentTimeNanos();
        BucketResult result = fleet.get(call.node()).take(bucketKey, call.tokens());
        assertThat(result.source()).isNotEqualTo(Source.PART);
        if (result.isTaken()) {
          assertThat(most.take(call.tokens(), now))
              .as("%s of %s at %d nodes is within the bound", call, budget, nodes)
              .isTrue();
          least.charge(call.tokens(), now);
        } else {
          refused++;
          assertThat(least.has(call.tokens() + (nodes - 1) * heldMax, now))
              .as("%s of %s at %d nodes is refused for a reason", call, budget, nodes)
              .isFalse();
        }
      }
    }
    assertThat(refused).as("the traces reach the edge").isGreaterThan(100);
  }

  @Test
  void mostRequestsAndMostRefusalsCostNoRoundTrip() {
    setClock();
    Budget budget = new Budget(1_000, 1_000);
    LeasedBuckets node =
        new LeasedBuckets(store(true), part(1, budget), Ticks.properties(1, budget), ticks);
    BucketKey bucketKey = bucketKey(budget);
    long before = roundTrips();
    for (int call = 0; call < 1_000; call++) {
      assertThat(node.take(bucketKey, 1).isTaken()).isTrue();
    }
    // Leases of 200.
    assertThat(roundTrips() - before).isEqualTo(5);
    for (int call = 0; call < 1_000; call++) {
      assertThat(node.take(bucketKey, 1).isTaken()).isFalse();
    }
    assertThat(roundTrips() - before).isLessThanOrEqualTo(6);
  }

  @Test
  void whatANodeDoesNotUseAnotherGets() {
    setClock();
    Budget budget = new Budget(100, 100);
    LimitStore store = store(true);
    RateLimitProperties properties = Ticks.properties(2, budget);
    LeasedBuckets one = new LeasedBuckets(store, part(2, budget), properties, ticks);
    LeasedBuckets other = new LeasedBuckets(store, part(2, budget), properties, ticks);
    BucketKey bucketKey = bucketKey(budget);
    assertThat(one.take(bucketKey, 1).isTaken()).isTrue();
    // One holds nine more; the bucket has 90.
    assertThat(one.runOnce()).as("in use until its lease is over").isZero();
    assertThat(other.take(bucketKey, 91).isTaken()).isFalse();
    assertThat(other.take(bucketKey, 90).isTaken()).isTrue();

    ticks.advanceMicros(200_000);
    setClock();
    assertThat(one.runOnce()).isEqualTo(9);
    assertThat(one.runOnce()).as("given back once").isZero();
    assertThat(other.take(bucketKey, 20 + 9).isTaken()).isTrue();
    assertThat(other.take(bucketKey, 1).isTaken()).isFalse();
  }

  @Test
  void aClockThatIsSetBackNeitherRefillsNorStops() {
    setClock();
    Budget budget = new Budget(10, 10);
    RedisBuckets buckets = new RedisBuckets(store(true), part(1, budget));
    BucketKey bucketKey = bucketKey(budget);
    assertThat(buckets.take(bucketKey, 10).isTaken()).isTrue();
    ticks.advanceMicros(-3_600_000_000L);
    setClock();
    assertThat(buckets.take(bucketKey, 1).isTaken()).isFalse();
    ticks.advanceMicros(100_000);
    setClock();
    assertThat(buckets.take(bucketKey, 1).isTaken()).isTrue();
    assertThat(buckets.take(bucketKey, 1).isTaken()).isFalse();
  }

  @Test
  void aBucketIsKeptUntilItIsFullAndNoLonger() {
    Budget budget = new Budget(20, 40);
    RedisBuckets buckets = new RedisBuckets(store(false), part(1, budget));
    BucketKey bucketKey = bucketKey(budget);
    long began = System.nanoTime();
    for (long fullInMs : List.of(800L, 1_600L)) {
      assertThat(buckets.take(bucketKey, 16).isTaken()).isTrue();
      long kept = redis.pttl(bucketKey.key());
      long passedMs = (System.nanoTime() - began) / 1_000_000;
      assertThat(kept).isBetween(fullInMs - passedMs - 2, fullInMs);
    }
    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> redis.exists(bucketKey.key()) == 0);
    assertThat(buckets.take(bucketKey, 40).isTaken()).isTrue();
  }

  @Test
  void aServerThatForgotTheScriptIsToldIt() {
    Budget budget = new Budget(1, 10);
    RedisBuckets buckets = new RedisBuckets(store(false), part(1, budget));
    BucketKey bucketKey = bucketKey(budget);
    assertThat(buckets.take(bucketKey, 4).remaining()).isEqualTo(6);
    redis.scriptFlush();
    BucketResult next = buckets.take(bucketKey, 4);
    assertThat(next.source()).isEqualTo(Source.REDIS);
    assertThat(next.remaining()).isEqualTo(2);
  }

  private static long roundTrips() {
    return Pattern.compile("cmdstat_eval(?:sha)?:calls=(\\d+)")
        .matcher(redis.info("commandstats"))
        .results()
        .mapToLong(calls -> Long.parseLong(calls.group(1)))
        .sum();
  }
}
