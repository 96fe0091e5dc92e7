package dev.payledger.gateway.shedding;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.PriorityQueue;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The limit against a simulated service: so many requests at once in a fixed time, the others queue in
/// it. Time is simulated too.
class AdaptiveLimitTest {
  private static final SheddingProperties PROPERTIES =
      new SheddingProperties(
          64,
          4,
          512,
          Duration.ofMillis(200),
          Duration.ofSeconds(30),
          new SheddingProperties.Queue(0, Duration.ZERO),
          new SheddingProperties.Queue(0, Duration.ZERO),
          new SheddingProperties.Caller(1, 0, Duration.ZERO),
          new SheddingProperties.Waits(2, 1));

  private final AdaptiveLimit limit = new AdaptiveLimit(PROPERTIES, 0);
  private final Random random = new Random(11);
  private long now;

  private record InService(long startedAt, long endsAt) {}

  /// As many requests as the limit lets in, all of the time.
  private void busy(int capacity, Duration serviceTime, Duration time) {
    long end = now + time.toNanos();
    PriorityQueue<InService> inService =
        new PriorityQueue<>((a, b) -> Long.compare(a.endsAt(), b.endsAt()));
    long[] places = new long[capacity];
    while (now < end) {
      while (inService.size() < limit.current()) {
        int place = earliest(places);
        long jittered = (long) (serviceTime.toNanos() * (1 + 0.1 * random.nextDouble()));
        places[place] = Math.max(now, places[place]) + jittered;
        inService.add(new InService(now, places[place]));
      }
      InService next = inService.remove();
      now = next.endsAt();
      limit.answered("GET /x", now - next.startedAt(), inService.size() + 1, now);
    }
  }

  private static int earliest(long[] places) {
    int earliest = 0;
    for (int i = 1; i < places.length; i++) {
      earliest = places[i] < places[earliest] ? i : earliest;
    }
    return earliest;
  }

  @ParameterizedTest(name = "{0} at once in {1} ms")
  @CsvSource({"10, 50", "10, 5", "40, 20", "150, 100"})
  void itFindsAServicesCapacity(int capacity, int millis) {
    // Some requests at a time when there is no load, as every service has once.
    for (int i = 0; i < 20; i++) {
      now += Duration.ofMillis(millis).toNanos();
      limit.answered("GET /x", Duration.ofMillis(millis).toNanos(), 1, now);
    }
    busy(capacity, Duration.ofMillis(millis), Duration.ofSeconds(60));
    assertThat(limit.current()).isBetween(capacity, 5 * capacity / 2);
  }

  @Test
  void itFollowsACapacityThatFallsAndComesBack() {
    Duration serviceTime = Duration.ofMillis(20);
    busy(40, serviceTime, Duration.ofSeconds(20));
    busy(10, serviceTime, Duration.ofSeconds(10));
    assertThat(limit.current()).isBetween(10, 25);
    busy(40, serviceTime, Duration.ofSeconds(10));
    assertThat(limit.current()).isBetween(40, 100);
  }

  @Test
  void aMinorityThatWaitsForSomethingElseDoesNotMoveIt() {
    steady(Duration.ofMillis(5), 100);
    int before = limit.current();
    for (int i = 0; i < 1_000; i++) {
      now += Duration.ofMillis(5).toNanos();
      long took = (i % 3 == 0 ? Duration.ofSeconds(2) : Duration.ofMillis(5)).toNanos();
      limit.answered("GET /x", took, before, now);
    }
    assertThat(limit.current()).isGreaterThanOrEqualTo(before);
  }

  @Test
  void aSlowRouteIsComparedWithItself() {
    steady(Duration.ofMillis(5), 100);
    int before = limit.current();
    for (int i = 0; i < 1_000; i++) {
      now += Duration.ofMillis(50).toNanos();
      limit.answered("POST /slow", Duration.ofMillis(800).toNanos(), before, now);
    }
    assertThat(limit.current()).isGreaterThanOrEqualTo(before);
  }

  @Test
  void noAnswerCountsAsTheTimeThatWasWaitedAndARefusalAsFull() {
    steady(Duration.ofMillis(5), 100);
    int before = limit.current();
    for (int i = 0; i < 100; i++) {
      now += Duration.ofMillis(20).toNanos();
      limit.unanswered("GET /x", Duration.ofMillis(4).toNanos(), before, now);
    }
    assertThat(limit.current()).as("callers in a hurry").isGreaterThanOrEqualTo(before);
    for (int i = 0; i < 100; i++) {
      now += Duration.ofMillis(20).toNanos();
      limit.unanswered("GET /x", Duration.ofSeconds(5).toNanos(), before, now);
    }
    int fallen = limit.current();
    assertThat(fallen).isLessThan(before);
    for (int i = 0; i < 1_000; i++) {
      now += Duration.ofMillis(20).toNanos();
      limit.refused(before, now);
    }
    assertThat(limit.current()).isLessThanOrEqualTo(fallen).isEqualTo(PROPERTIES.limitMin());
  }

  @Test
  void aLimitThatNobodyComesNearStaysAsItIs() {
    for (int i = 0; i < 10_000; i++) {
      now += Duration.ofMillis(5).toNanos();
      limit.answered("GET /x", Duration.ofMillis(5).toNanos(), 3, now);
    }
    assertThat(limit.current()).isEqualTo(PROPERTIES.limitStart());
  }

  private void steady(Duration took, int answers) {
    for (int i = 0; i < answers; i++) {
      now += Duration.ofMillis(20).toNanos();
      limit.answered("GET /x", took.toNanos(), limit.current(), now);
    }
  }
}
