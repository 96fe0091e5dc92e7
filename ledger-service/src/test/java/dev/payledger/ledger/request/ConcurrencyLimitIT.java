package dev.payledger.ledger.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.payledger.ledger.FraudDouble.Mood;
import dev.payledger.ledger.LedgerUnderTest;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.net.http.HttpRequest;
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
import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.test.context.TestPropertySource;

/// More requests at once than the ledger works for.
@TestPropertySource(properties = "payledger.request.concurrency-max=" + ConcurrencyLimitIT.AT_ONCE)
class ConcurrencyLimitIT extends LedgerUnderTest {
  static final int AT_ONCE = 8;

  private static final int TOO_MANY = 40;
  private static final Duration WAIT = Duration.ofSeconds(3);

  /// More than may pass unscreened.
  private static final long LARGE_MINOR = 5_001;

  @LocalManagementPort private int managementPort;
  @Autowired private MeterRegistry meters;

  @Test
  void whoIsOneTooManyIsToldSoAtOnceAndTheOthersAreAnswered() throws Exception {
    UUID a = account("alice", 100_000);
    UUID b = account("bob", 0);
    FRAUD.become(Mood.FAILS);
    Answer pending = transfer(alice(), UUID.randomUUID(), a, b, LARGE_MINOR);
    assertThat(pending.status()).isEqualTo(202);
    String waiting =
        "/v1/transfers/" + pending.json().get("id").asString() + "?waitMs=" + WAIT.toMillis();
    double rejectedBefore = meters.get("ledger.request.rejected").counter().count();

    List<Future<Answer>> waiters = new ArrayList<>();
    UUID commandId = UUID.randomUUID();
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<Answer> wait = () -> get(waiting, alice());
      for (int i = 0; i < AT_ONCE; i++) {
        waiters.add(callers.submit(wait));
      }
      await().atMost(WAIT).until(() -> inFlight() == AT_ONCE);

      for (int i = 0; i < TOO_MANY; i++) {
        Answer refused =
            i % 2 == 0
                ? get("/v1/accounts/" + a, alice())
                : transfer(alice(), commandId, a, b, LARGE_MINOR);
        assertThat(refused.status()).as(refused.text()).isEqualTo(503);
        assertThat(refused.code()).isEqualTo("temporary-reduced-capacity");
        assertThat(refused.json().get("retryable").asBoolean()).isTrue();
        assertThat(refused.json().get("traceId").asString())
            .isEqualTo("0af7651916cd43dd8448eb211c80319c");
        assertThat(refused.response().headers().firstValue("Content-Type").orElse(""))
            .isEqualTo("application/problem+json");
        assertThat(refused.response().headers().firstValue("Retry-After").orElse(""))
            .matches("[1-3]");
      }
      assertThat(waiters).as("refused before anybody was answered").noneMatch(Future::isDone);
      assertThat(
              send(HttpRequest.newBuilder(
                      URI.create(
                          "http://127.0.0.1:" + managementPort + "/actuator/health/readiness")))
                  .status())
          .as("full is not ill")
          .isEqualTo(200);
    }

    for (Future<Answer> waiter : waiters) {
      assertThat(waiter.get().status()).isEqualTo(200);
      assertThat(waiter.get().json().get("status").asString()).isEqualTo("PENDING");
    }
    assertThat(meters.get("ledger.request.rejected").counter().count() - rejectedBefore)
        .isEqualTo(TOO_MANY);
    await().until(() -> inFlight() == 0);
    // Nothing was done for those who were refused, and there is room again.
    assertThat(
            value(Long.class, "SELECT count(*) FROM command WHERE id = ?", transferOf(commandId)))
        .isZero();
    assertThat(transfer(alice(), commandId, a, b, LARGE_MINOR).status()).isEqualTo(202);
  }

  private int inFlight() {
    return (int) meters.get("ledger.request.in.flight").gauge().value();
  }
}
