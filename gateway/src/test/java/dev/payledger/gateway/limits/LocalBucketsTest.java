package dev.payledger.gateway.limits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.gateway.limits.BucketResult.Source;
import dev.payledger.gateway.limits.RateLimitProperties.Budget;
import dev.payledger.gateway.limits.Trace.Call;
import dev.payledger.testkit.Seed;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LocalBucketsTest {
  private final Ticks ticks = new Ticks();

  private LocalBuckets buckets(int nodes, Budget budget) {
    return new LocalBuckets(Ticks.properties(nodes, budget), Source.LOCAL, ticks);
  }

  @Test
  void everyDecisionOfARandomTraceIsTheReferences() {
    RandomGenerator random = Seed.next().random();
    int refused = 0;
    for (int round = 0; round < Seed.rounds(200); round++) {
      Trace trace = Trace.of(random, 1, 300);
      LocalBuckets buckets = buckets(1, trace.budget());
      BucketKey bucketKey = new BucketKey("money", trace.budget(), "alice");
      ReferenceBucket reference = new ReferenceBucket(trace.budget(), ticks.currentTimeNanos());
      for (Call call : trace.calls()) {
        ticks.advanceMicros(call.pauseMicros());
        BucketResult result = buckets.take(bucketKey, call.tokens());
        assertThat(result.isTaken())
            .as("%s of %s", call, trace.budget())
            .isEqualTo(reference.take(call.tokens(), ticks.currentTimeNanos()));
        assertThat(result.remaining()).isEqualTo(reference.wholeTokens());
        refused += result.isTaken() ? 0 : 1;
      }
    }
    assertThat(refused).as("the traces reach the edge").isGreaterThan(1_000);
  }

  @Test
  void whoWaitsAsLongAsWasSaidIsLetInAndNotSooner() {
    RandomGenerator random = Seed.next().random();
    for (int round = 0; round < Seed.rounds(200); round++) {
      Trace trace = Trace.of(random, 1, 30);
      LocalBuckets buckets = buckets(1, trace.budget());
      BucketKey bucketKey = new BucketKey("money", trace.budget(), "alice");
      for (Call call : trace.calls()) {
        BucketResult result = buckets.take(bucketKey, call.tokens());
        if (!result.isTaken()) {
          // To the microsecond: the library rounds the wait down to a nanosecond.
          ticks.advance(result.nextIn().minusNanos(1_000));
          assertThat(buckets.take(bucketKey, call.tokens()).isTaken()).isFalse();
          ticks.advanceMicros(2);
          assertThat(buckets.take(bucketKey, call.tokens()).isTaken()).isTrue();
        }
      }
    }
  }

  @Test
  void whatAllNodesGrantIsWithinTheWholeBudget() {
    RandomGenerator random = Seed.next().random();
    for (int round = 0; round < Seed.rounds(100); round++) {
      Trace trace = Trace.of(random, 3, 300);
      List<LocalBuckets> nodes =
          Stream.generate(() -> buckets(3, trace.budget())).limit(3).toList();
      BucketKey bucketKey = new BucketKey("money", trace.budget(), "alice");
      ReferenceBucket whole = new ReferenceBucket(trace.budget(), ticks.currentTimeNanos());
      for (Call call : trace.calls()) {
        ticks.advanceMicros(call.pauseMicros());
        // Dearer calls than a part leave debts: the next test.
        int tokens = Math.min(call.tokens(), trace.budget().burst() / 3);
        if (nodes.get(call.node()).take(bucketKey, tokens).isTaken()) {
          assertThat(whole.take(tokens, ticks.currentTimeNanos())).isTrue();
        }
      }
    }
  }

  @Test
  void whatIsDearerThanAPartTakesAFullOneAndIsPaidOffBeforeAnythingElse() {
    Budget budget = new Budget(20, 100);
    LocalBuckets buckets = buckets(2, budget);
    BucketKey bucketKey = new BucketKey("money", budget, "alice");

    BucketResult dear = buckets.take(bucketKey, 80);
    assertThat(dear.isTaken()).isTrue();
    assertThat(dear.remaining()).isZero();
    // 30 tokens of debt at 10 a second, and one more.
    assertThat(dear.nextIn()).isEqualTo(Duration.ofMillis(3_100));
    ticks.advance(Duration.ofMillis(3_099));
    assertThat(buckets.take(bucketKey, 1).isTaken()).isFalse();
    ticks.advance(Duration.ofMillis(1));
    assertThat(buckets.take(bucketKey, 1).isTaken()).isTrue();
    ticks.advance(Duration.ofMillis(4_999));
    assertThat(buckets.take(bucketKey, 80).isTaken()).as("not before it is full").isFalse();
    ticks.advance(Duration.ofMillis(1));
    assertThat(buckets.take(bucketKey, 80).isTaken()).isTrue();
  }

  @Test
  void aBucketIsForgottenWhenItIsFullAgainAndNotBefore() {
    // 1,000 s to refill: longer than any idle time that one would guess.
    Budget budget = new Budget(1, 1_000);
    LocalBuckets buckets = buckets(1, budget);
    BucketKey bucketKey = new BucketKey("money", budget, "alice");
    assertThat(buckets.take(bucketKey, 1_000).isTaken()).isTrue();
    ticks.advance(Duration.ofSeconds(999));
    assertThat(buckets.take(bucketKey, 1_000).isTaken()).isFalse();
  }
}
