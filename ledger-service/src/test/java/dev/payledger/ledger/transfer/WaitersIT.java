package dev.payledger.ledger.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.payledger.ledger.FraudDouble.Mood;
import dev.payledger.ledger.LedgerUnderTest;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

class WaitersIT extends LedgerUnderTest {
  private static final int WAITERS_PER_CALLER = 8;
  private static final int TOO_MANY = 4;
  private static final Duration WAIT = Duration.ofSeconds(9);

  /// More than may pass unscreened.
  private static final long LARGE_MINOR = 5_001;

  @Autowired private MeterRegistry meters;

  @Test
  void oneCallerWaitsAFewTimesAndHoldsNoConnection() throws Exception {
    UUID a = account("alice", 100_000);
    UUID b = account("bob", 0);
    FRAUD.become(Mood.FAILS);
    Answer pending = transfer(alice(), UUID.randomUUID(), a, b, LARGE_MINOR);
    assertThat(pending.status()).isEqualTo(202);
    String path =
        "/v1/transfers/" + pending.json().get("id").asString() + "?waitMs=" + WAIT.toMillis();

    List<Future<Answer>> waiters = new ArrayList<>();
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<Answer> alicesWait = () -> get(path, alice());
      for (int i = 0; i < WAITERS_PER_CALLER + TOO_MANY; i++) {
        waiters.add(callers.submit(alicesWait));
      }
      await()
          .atMost(WAIT.minusSeconds(1))
          .until(() -> waiters.stream().filter(Future::isDone).count() == TOO_MANY);
      Future<Answer> bobsWait = callers.submit(() -> get(path, bob()));
      await()
          .until(
              () ->
                  meters.get("hikaricp.connections.active").tag("pool", "reads").gauge().value()
                      == 0);
      assertThat(bobsWait.isDone()).as("waits, although alice has too many").isFalse();
      assertThat(waiters.stream().filter(Future::isDone)).hasSize(TOO_MANY);
    }
    for (Future<Answer> waiter : waiters) {
      assertThat(waiter.get().status()).isEqualTo(200);
      assertThat(waiter.get().json().get("status").asString()).isEqualTo("PENDING");
    }
  }
}
