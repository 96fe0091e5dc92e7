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

class AdmissionTest {
  private static final Duration LONG = Duration.ofSeconds(20);

  private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
  private final Admission admission = admission(LONG);
  private final WaitPlaces waits = new WaitPlaces(new SheddingProperties.Waits(2, 1));

  private static Admission admission(Duration interactiveWaits) {
    return new Admission(
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
    while (admission.admit(priority, Duration.ZERO)) {
      admitted++;
    }
    return admitted;
  }

  private Future<Boolean> waiting(Priority priority, int waitingThen) {
    Future<Boolean> call = callers.submit(() -> admission.admit(priority, LONG));
    Awaitility.await().until(() -> admission.waiting() == waitingThen);
    return call;
  }

  @Test
  void eachPriorityLeavesRoomForTheNextHigherOne() throws Exception {
    assertThat(admitted(SHEDDABLE)).isEqualTo(6);
    assertThat(admitted(INTERACTIVE)).isEqualTo(3);
    assertThat(admitted(CRITICAL)).isEqualTo(1);
    assertThat(admission.inFlight()).isEqualTo(10);
  }

  @Test
  void aFreePlaceGoesToTheHighestPriorityThatWaits() throws Exception {
    admitted(CRITICAL);
    Future<Boolean> interactive = waiting(INTERACTIVE, 1);
    Future<Boolean> critical = waiting(CRITICAL, 2);
    admission.release();
    assertThat(critical.get()).isTrue();
    assertThat(admission.waiting()).isEqualTo(1);
    admission.release();
    assertThat(interactive.isDone()).as("a tenth is kept free for money").isFalse();
    admission.release();
    assertThat(interactive.get()).isTrue();
  }

  @Test
  void aQueueIsBoundedInLengthAndInTime() throws Exception {
    admitted(CRITICAL);
    Future<Boolean> first = waiting(CRITICAL, 1);
    waiting(CRITICAL, 2);
    assertThat(admission.admit(CRITICAL, LONG)).as("a third").isFalse();
    assertThat(admission.admit(SHEDDABLE, LONG)).as("never waits").isFalse();
    admission.release();
    assertThat(first.get()).isTrue();
    assertThat(admission.inFlight()).isEqualTo(10);
    assertThat(admission.waiting()).isEqualTo(1);
  }

  @Test
  void aQueueThatOverflowedIsClosedForASecond() throws Exception {
    Duration wait = Duration.ofMillis(200);
    Admission hurried = admission(wait);
    while (hurried.admit(CRITICAL, Duration.ZERO)) {}
    assertThat(hurried.admit(INTERACTIVE, LONG)).as("waits in vain").isFalse();
    long start = System.nanoTime();
    for (int call = 0; call < 100; call++) {
      assertThat(hurried.admit(INTERACTIVE, LONG)).isFalse();
    }
    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .as("had they waited")
        .isLessThan(wait.multipliedBy(50));
  }

  @Test
  void nobodyWaitsLongerThanTheQueueOrTheRequestAllows() throws Exception {
    Admission hurried = admission(Duration.ofMillis(20));
    while (hurried.admit(CRITICAL, Duration.ZERO)) {}
    assertThat(hurried.admit(INTERACTIVE, LONG)).isFalse();
    assertThat(hurried.admit(CRITICAL, Duration.ofMillis(20))).isFalse();
    assertThat(hurried.waiting()).isZero();
  }

  @Test
  void whoIsInterruptedWhileWaitingTakesNoPlace() throws Exception {
    admitted(CRITICAL);
    Future<Boolean> call = waiting(CRITICAL, 1);
    call.cancel(true);
    Awaitility.await().until(() -> admission.waiting() == 0);
    assertThatThrownBy(call::get).isNotInstanceOf(ExecutionException.class);
    admission.release();
    assertThat(admission.inFlight()).isEqualTo(9);
  }

  @Test
  void aPlaceIsGivenBackOnce() throws Exception {
    Place place = place();
    assertThat(place.enter(Duration.ZERO)).isEqualTo(Place.Entry.ADMITTED);
    place.giveBack();
    place.giveBack();
    assertThat(admission.inFlight()).isZero();
  }

  @Test
  void aPlaceGivenBackIsTakenAgainLikeAnyOther() throws Exception {
    Place place = place();
    assertThat(place.enter(Duration.ZERO)).isEqualTo(Place.Entry.ADMITTED);
    place.giveBack();
    for (int i = 0; i < 10; i++) {
      admitted(CRITICAL);
    }
    assertThat(place.isHeldAgain(Duration.ZERO)).isFalse();
    admission.release();
    assertThat(place.isHeldAgain(Duration.ZERO)).isTrue();
    assertThat(admission.inFlight()).isEqualTo(10);
  }

  @Test
  void whoOnlyWaitsTakesOneOfItsCallersWaits() throws Exception {
    Place first = place();
    Place second = place();
    assertThat(first.enter(Duration.ZERO)).isEqualTo(Place.Entry.ADMITTED);
    assertThat(second.enter(Duration.ZERO)).isEqualTo(Place.Entry.ADMITTED);
    assertThat(first.waitsInstead()).isTrue();
    assertThat(first.waitsInstead()).as("it does").isTrue();
    assertThat(second.waitsInstead()).isFalse();
    assertThat(admission.inFlight()).isZero();

    assertThat(first.isHeldAgain(Duration.ZERO)).isTrue();
    assertThat(second.waitsInstead()).isTrue();
    second.giveBack();
    assertThat(first.waitsInstead()).isTrue();
    assertThat(admission.inFlight()).isZero();
  }

  private Place place() {
    CallerPlaces own = new CallerPlaces(new SheddingProperties.Caller(1, 0, Duration.ZERO));
    return new Place(own, admission, waits, "alice", 1, CRITICAL, "GET /x");
  }
}
