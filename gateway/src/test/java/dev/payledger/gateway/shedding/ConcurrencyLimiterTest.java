package dev.payledger.gateway.shedding;

import static dev.payledger.gateway.shedding.Priority.CRITICAL;
import static dev.payledger.gateway.shedding.Priority.INTERACTIVE;
import static dev.payledger.gateway.shedding.Priority.SHEDDABLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConcurrencyLimiterTest {
  private static final Duration LONG = Duration.ofSeconds(20);

  private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
  private final ConcurrencyLimiter limiter = limiter(LONG);
  private final WaitingRequestLimiter waits =
      new WaitingRequestLimiter(new SheddingProperties.Waits(2, 1));

  private static ConcurrencyLimiter limiter(Duration interactiveWaits) {
    return new ConcurrencyLimiter(
        new SheddingProperties(
            10,
            10,
            10,
            Duration.ofSeconds(1),
            Duration.ofSeconds(30),
            new SheddingProperties.Queue(2, LONG),
            new SheddingProperties.Queue(2, interactiveWaits),
            new SheddingProperties.Caller(1, 0, Duration.ZERO),
            new SheddingProperties.Waits(2, 1)));
  }

  @AfterEach
  void stop() {
    callers.shutdownNow();
  }

  private int admitted(Priority priority) throws InterruptedException {
    int admitted = 0;
    while (limiter.tryAcquire(priority, Duration.ZERO)) {
      admitted++;
    }
    return admitted;
  }

  private Future<Boolean> waiting(Priority priority, int waitingThen) {
    Future<Boolean> call = callers.submit(() -> limiter.tryAcquire(priority, LONG));
    Awaitility.await().until(() -> limiter.waiting() == waitingThen);
    return call;
  }

  @Test
  void eachPriorityLeavesRoomForTheNextHigherOne() throws Exception {
    assertThat(admitted(SHEDDABLE)).isEqualTo(6);
    assertThat(admitted(INTERACTIVE)).isEqualTo(3);
    assertThat(admitted(CRITICAL)).isEqualTo(1);
    assertThat(limiter.inFlight()).isEqualTo(10);
  }

  @Test
  void aFreePlaceGoesToTheHighestPriorityThatWaits() throws Exception {
    admitted(CRITICAL);
    Future<Boolean> interactive = waiting(INTERACTIVE, 1);
    Future<Boolean> critical = waiting(CRITICAL, 2);
    limiter.release();
    assertThat(critical.get()).isTrue();
    assertThat(limiter.waiting()).isEqualTo(1);
    limiter.release();
    assertThat(interactive.isDone()).as("a tenth is kept free for money").isFalse();
    limiter.release();
    assertThat(interactive.get()).isTrue();
  }

  @Test
  void aQueueIsBoundedInLengthAndInTime() throws Exception {
    admitted(CRITICAL);
    Future<Boolean> first = waiting(CRITICAL, 1);
    waiting(CRITICAL, 2);
    assertThat(limiter.tryAcquire(CRITICAL, LONG)).as("a third").isFalse();
    assertThat(limiter.tryAcquire(SHEDDABLE, LONG)).as("never waits").isFalse();
    limiter.release();
    assertThat(first.get()).isTrue();
    assertThat(limiter.inFlight()).isEqualTo(10);
    assertThat(limiter.waiting()).isEqualTo(1);
  }

  @Test
  void aQueueThatOverflowedIsClosedForASecond() throws Exception {
    Duration wait = Duration.ofMillis(200);
    ConcurrencyLimiter hurried = limiter(wait);
    while (hurried.tryAcquire(CRITICAL, Duration.ZERO)) {}
    assertThat(hurried.tryAcquire(INTERACTIVE, LONG)).as("waits in vain").isFalse();
    long start = System.nanoTime();
    for (int call = 0; call < 100; call++) {
      assertThat(hurried.tryAcquire(INTERACTIVE, LONG)).isFalse();
    }
    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .as("had they waited")
        .isLessThan(wait.multipliedBy(50));
  }

  @Test
  void nobodyWaitsLongerThanTheQueueOrTheRequestAllows() throws Exception {
    ConcurrencyLimiter hurried = limiter(Duration.ofMillis(20));
    while (hurried.tryAcquire(CRITICAL, Duration.ZERO)) {}
    assertThat(hurried.tryAcquire(INTERACTIVE, LONG)).isFalse();
    assertThat(hurried.tryAcquire(CRITICAL, Duration.ofMillis(20))).isFalse();
    assertThat(hurried.waiting()).isZero();
  }

  @Test
  void whoIsInterruptedWhileWaitingTakesNoPlace() throws Exception {
    admitted(CRITICAL);
    Future<Boolean> call = waiting(CRITICAL, 1);
    call.cancel(true);
    Awaitility.await().until(() -> limiter.waiting() == 0);
    assertThatThrownBy(call::get).isNotInstanceOf(ExecutionException.class);
    limiter.release();
    assertThat(limiter.inFlight()).isEqualTo(9);
  }

  @Test
  void aPlaceIsGivenBackOnce() throws Exception {
    UpstreamPermit place = place();
    assertThat(place.acquire(Duration.ZERO)).isEqualTo(UpstreamPermit.Acquisition.ADMITTED);
    place.release();
    place.release();
    assertThat(limiter.inFlight()).isZero();
  }

  @Test
  void aPlaceGivenBackIsTakenAgainLikeAnyOther() throws Exception {
    UpstreamPermit place = place();
    assertThat(place.acquire(Duration.ZERO)).isEqualTo(UpstreamPermit.Acquisition.ADMITTED);
    place.release();
    for (int i = 0; i < 10; i++) {
      admitted(CRITICAL);
    }
    assertThat(place.tryReacquire(Duration.ZERO)).isFalse();
    limiter.release();
    assertThat(place.tryReacquire(Duration.ZERO)).isTrue();
    assertThat(limiter.inFlight()).isEqualTo(10);
  }

  @Test
  void whoOnlyWaitsTakesOneOfItsCallersWaits() throws Exception {
    UpstreamPermit first = place();
    UpstreamPermit second = place();
    assertThat(first.acquire(Duration.ZERO)).isEqualTo(UpstreamPermit.Acquisition.ADMITTED);
    assertThat(second.acquire(Duration.ZERO)).isEqualTo(UpstreamPermit.Acquisition.ADMITTED);
    assertThat(first.tryWait()).isTrue();
    assertThat(first.tryWait()).as("it does").isTrue();
    assertThat(second.tryWait()).isFalse();
    assertThat(limiter.inFlight()).isZero();

    assertThat(first.tryReacquire(Duration.ZERO)).isTrue();
    assertThat(second.tryWait()).isTrue();
    second.release();
    assertThat(first.tryWait()).isTrue();
    assertThat(limiter.inFlight()).isZero();
  }

  private UpstreamPermit place() {
    CallerConcurrencyLimiter own =
        new CallerConcurrencyLimiter(new SheddingProperties.Caller(1, 0, Duration.ZERO));
    return new UpstreamPermit(own, limiter, waits, "alice", 1, CRITICAL, "GET /x");
  }
}
