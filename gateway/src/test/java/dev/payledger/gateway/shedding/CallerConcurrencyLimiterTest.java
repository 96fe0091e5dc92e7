package dev.payledger.gateway.shedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CallerConcurrencyLimiterTest {
  private static final Duration LONG = Duration.ofSeconds(20);

  private final CallerConcurrencyLimiter places =
      new CallerConcurrencyLimiter(new SheddingProperties.Caller(10, 1, LONG));

  @Test
  void eachCallerHasPlacesOfItsOwn() throws Exception {
    assertThat(places.tryAcquire("alice", 8, Duration.ZERO)).isTrue();
    assertThat(places.tryAcquire("alice", 3, Duration.ZERO)).isFalse();
    assertThat(places.tryAcquire("alice", 2, Duration.ZERO)).isTrue();
    assertThat(places.tryAcquire("bob", 8, Duration.ZERO)).isTrue();
    places.release("alice", 8);
    assertThat(places.tryAcquire("alice", 8, Duration.ZERO)).isTrue();
  }

  @Test
  void whatWeighsLessGivesTheRestBack() throws Exception {
    assertThat(places.tryAcquire("alice", 8, Duration.ZERO)).isTrue();
    places.release("alice", 6);
    assertThat(places.tryAcquire("alice", 8, Duration.ZERO)).isTrue();
    assertThat(places.permitsFor(100)).isEqualTo(10);
  }

  @Test
  void aBatchIsPassedByNoLaterRequest() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      assertThat(places.tryAcquire("alice", 3, Duration.ZERO)).isTrue();
      CompletableFuture<Thread> thread = new CompletableFuture<>();
      Future<Boolean> batch =
          threads.submit(
              () -> {
                thread.complete(Thread.currentThread());
                return places.tryAcquire("alice", 8, LONG);
              });
      while (thread.get().getState() != Thread.State.TIMED_WAITING) {
        Thread.onSpinWait();
      }
      assertThat(places.tryAcquire("alice", 1, Duration.ZERO))
          .as("places are free, a batch is first")
          .isFalse();
      places.release("alice", 3);
      assertThat(batch.get(20, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void oneCallerHasLessThanTheLimitAndLessThanAllWaits() {
    SheddingProperties.Queue queue = new SheddingProperties.Queue(0, Duration.ZERO);
    assertThatThrownBy(
            () ->
                new SheddingProperties(
                    16,
                    16,
                    16,
                    LONG,
                    LONG,
                    queue,
                    queue,
                    new SheddingProperties.Caller(16, 0, LONG),
                    new SheddingProperties.Waits(2, 1)))
        .hasMessageContaining("below limit-max");
    assertThatThrownBy(() -> new SheddingProperties.Waits(8, 8))
        .hasMessageContaining("per-caller-max < total-max");
  }
}
