package dev.payledger.ledger.screening;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.payledger.ledger.screening.ScreeningConcurrencyLimiter.Permit;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Four places, two for each caller, and three more of a caller's may wait.
class ScreeningConcurrencyLimiterTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final ScreeningConcurrencyLimiter permits =
      new ScreeningConcurrencyLimiter(properties(4, 2, 3, 1), meters);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  @AfterEach
  void end() {
    threads.shutdownNow();
  }

  @Test
  void noCallerTakesMoreThanItsShare() throws InterruptedException {
    List<Permit> hers = List.of(now("alice"), now("alice"));

    assertThat(now("alice")).isNull();
    assertThat(List.of(now("bob"), now("bob"))).doesNotContainNull();
    assertThat(now("carol")).as("all four are taken").isNull();

    hers.getFirst().close();
    assertThat(now("carol")).isNotNull();
  }

  @Test
  void whoWaitsIsServedInTurn() throws Exception {
    List<Permit> taken = List.of(now("alice"), now("alice"), now("bob"), now("bob"));
    List<String> served = Collections.synchronizedList(new ArrayList<>());
    List<Future<?>> waiting = new ArrayList<>();
    for (String caller : List.of("carol", "dora", "erin")) {
      int before = served.size() + waiting.size();
      waiting.add(
          threads.submit(
              () -> {
                try (Permit permit = permits.tryAcquire(caller, LONG, LONG)) {
                  served.add(caller);
                  return permit;
                }
              }));
      await().until(() -> waiting() == before + 1);
    }

    taken.getFirst().close();
    for (Future<?> each : waiting) {
      each.get();
    }
    assertThat(served).containsExactly("carol", "dora", "erin");
  }

  /// Ten of hers are waiting for her share, and none of them is in front of him.
  @Test
  void whoHasManyWaitingIsNotInFrontOfOthers() throws Exception {
    Permit hers = now("alice");
    Permit other = now("alice");
    List<Future<Permit>> more = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      more.add(threads.submit(() -> permits.tryAcquire("alice", LONG, LONG)));
    }
    await().until(() -> now("alice") == null && tooMany("alice"));

    assertThat(now("bob")).isNotNull();
    assertThat(more).noneMatch(Future::isDone);
    hers.close();
    other.close();
    await().until(() -> more.stream().filter(Future::isDone).count() == 2);
  }

  @Test
  void onlySoManyOfOneCallersWait() throws Exception {
    Permit hers = now("alice");
    Permit other = now("alice");
    List<Future<Permit>> waiting = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      waiting.add(threads.submit(() -> permits.tryAcquire("alice", LONG, LONG)));
    }
    await().until(() -> tooMany("alice"));

    assertThat(permits.tryAcquire("alice", LONG, LONG)).as("without waiting").isNull();
    hers.close();
    other.close();
    for (Future<Permit> each : waiting) {
      each.get().close();
    }
    assertThat(now("alice")).isNotNull();
  }

  @Test
  void whoMayNotWaitForItsShareDoesNot() throws InterruptedException {
    now("alice");
    now("alice");
    assertThat(permits.tryAcquire("alice", Duration.ZERO, LONG)).isNull();
  }

  @Test
  void whoLeavesIsForgottenHoweverItEnds() throws Exception {
    Permit one = now("alice");
    Permit two = now("alice");
    assertThat(now("alice")).isNull();
    Future<Permit> interrupted = threads.submit(() -> permits.tryAcquire("alice", LONG, LONG));
    interrupted.cancel(true);
    one.close();
    two.close();

    await().until(() -> permits.callers() == 0);
    assertThat(List.of(now("bob"), now("bob"), now("carol"), now("carol"))).doesNotContainNull();
  }

  @Test
  void releasesHavePlacesOfTheirOwn() throws InterruptedException {
    List.of(now("alice"), now("alice"), now("bob"), now("bob"));

    Permit release = permits.tryAcquireForRelease(Duration.ZERO);
    assertThat(release).isNotNull();
    assertThat(permits.tryAcquireForRelease(Duration.ZERO)).isNull();
    release.close();
    assertThat(permits.tryAcquireForRelease(Duration.ZERO)).isNotNull();
  }

  @ParameterizedTest
  @CsvSource({"4, 3, 1, 1", "4, 0, 1, 1", "1, 1, 1, 1", "4, 2, 0, 1", "4, 2, 1, 0"})
  void sharesThatKeepOthersOutAreRefused(int all, int perCaller, int waiting, int releases) {
    assertThatThrownBy(() -> properties(all, perCaller, waiting, releases))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /// As many wait as may: the next one is told so in less time than it was ready to wait.
  private boolean tooMany(String caller) throws InterruptedException {
    Duration wait = Duration.ofMillis(200);
    long began = System.nanoTime();
    return permits.tryAcquire(caller, wait, wait) == null
        && System.nanoTime() - began < wait.toNanos();
  }

  private Permit now(String caller) throws InterruptedException {
    return permits.tryAcquire(caller, Duration.ZERO, Duration.ZERO);
  }

  private int waiting() {
    return (int) meters.get("ledger.screening.permits.waiting").gauge().value();
  }

  private static ScreeningProperties properties(
      int permits, int perCaller, int waiting, int releases) {
    return new ScreeningProperties(
        URI.create("http://127.0.0.1:1"),
        "none",
        Duration.ofMillis(300),
        4096,
        10,
        10,
        Duration.ofSeconds(5),
        permits,
        perCaller,
        waiting,
        releases);
  }
}
