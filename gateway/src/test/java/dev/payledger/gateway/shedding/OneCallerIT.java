package dev.payledger.gateway.shedding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.gateway.Downstream.Arrived;
import dev.payledger.gateway.Downstream.Reply;
import dev.payledger.gateway.GatewayUnderTest;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/// What one caller can take from the others, with the bounds that are shipped.
class OneCallerIT extends GatewayUnderTest {
  private static final String BATCHES = "/v1/transfer-batches";
  private static final String HELD = "/v1/operator/held-transfers";
  private static final int BATCH_ITEMS_AT_ONCE = 8;

  @Autowired private SheddingProperties properties;
  @Autowired private MeterRegistry meters;

  private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch mayAnswer = new CountDownLatch(1);

  @BeforeEach
  void tokensAreAtHand() {
    List.of("alice", "bob", "carol", "operator").forEach(this::token);
  }

  @AfterEach
  void everybodyIsAnswered() {
    mayAnswer.countDown();
    callers.close();
  }

  @Test
  void eightBatchesOfOneCallerLeaveRoomForOthers() throws Exception {
    AtomicInteger itemsAtOnce = new AtomicInteger();
    AtomicInteger itemsMost = new AtomicInteger();
    ledger.answers(
        request -> {
          if (!request.target().equals(BATCHES)) {
            return Reply.json(201, "{}");
          }
          itemsMost.accumulateAndGet(itemsAtOnce.addAndGet(BATCH_ITEMS_AT_ONCE), Math::max);
          await(mayAnswer);
          itemsAtOnce.addAndGet(-BATCH_ITEMS_AT_ONCE);
          return Reply.json(200, "{\"items\":[]}");
        });
    List<Future<HttpResponse<String>>> batches = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      batches.add(callers.submit(() -> batch("alice", 32)));
    }
    Awaitility.await().until(() -> batches.stream().filter(Future::isDone).count() == 7);

    for (int i = 0; i < 20; i++) {
      assertThat(post("bob", "/v1/transfers", newKey(), transfer(1)).statusCode()).isEqualTo(201);
    }
    assertThat(itemsMost.get())
        .isLessThanOrEqualTo(properties.caller().inFlightMax())
        .isLessThan(properties.limitMin());
    mayAnswer.countDown();
    int made = 0;
    for (Future<HttpResponse<String>> each : batches) {
      HttpResponse<String> answer = each.get();
      if (answer.statusCode() == 200) {
        made++;
      } else {
        assertProblem(answer, 429, "concurrency-exceeded");
        assertThat(header(answer, "Retry-After")).isEqualTo("1");
      }
    }
    assertThat(made).isEqualTo(1);
    assertThat(batch("alice", 32).statusCode()).isEqualTo(200);
  }

  @Test
  void smallBatchesWeighWhatTheyHave() throws Exception {
    ledger.answers(
        request -> {
          await(mayAnswer);
          return Reply.json(200, "{\"items\":[]}");
        });
    List<Future<HttpResponse<String>>> batches = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      batches.add(callers.submit(() -> batch("alice", 1)));
    }
    Awaitility.await().until(() -> ledger.arrived().size() == 5);
    mayAnswer.countDown();
    for (Future<HttpResponse<String>> each : batches) {
      assertThat(each.get().statusCode()).isEqualTo(200);
    }
  }

  @Test
  void aMomentsCrowdOfOneCallerWaitsItsTurn() throws Exception {
    ledger.answers(request -> Reply.json(201, "{}"));
    List<Future<HttpResponse<String>>> payments = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      payments.add(callers.submit(() -> post("alice", "/v1/transfers", newKey(), transfer(1))));
    }
    for (Future<HttpResponse<String>> each : payments) {
      assertThat(each.get().statusCode()).isEqualTo(201);
    }
  }

  @Test
  void waitingForAnEndTakesNoPlace() throws Exception {
    ledger.answers(
        request -> {
          if (request.target().contains("waitMs")) {
            await(mayAnswer);
          }
          return Reply.json(200, "{}");
        });
    List<Future<HttpResponse<String>>> waiting = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      String caller = List.of("alice", "bob", "carol").get(i % 3);
      waiting.add(callers.submit(() -> patiently(caller, waitingFor("waitMs=4000"))));
    }
    Awaitility.await().until(() -> ledger.arrived().size() == 24);

    assertThat(inFlight()).isZero();
    for (int i = 0; i < 20; i++) {
      assertThat(get("operator", HELD).statusCode()).isEqualTo(200);
      assertThat(get("alice", "/v1/accounts").statusCode()).isEqualTo(200);
    }
    mayAnswer.countDown();
    for (Future<HttpResponse<String>> each : waiting) {
      assertThat(each.get().statusCode()).isEqualTo(200);
    }
  }

  @Test
  void whoWaitsTooOftenIsAnsweredAsItIsNow() throws Exception {
    ledger.answers(
        request -> {
          if (request.target().contains("wait")) {
            await(mayAnswer);
          }
          return Reply.json(200, "{}");
        });
    int mayWait = properties.waits().perCallerMax();
    List<Future<HttpResponse<String>>> waiting = new ArrayList<>();
    for (int i = 0; i < mayWait; i++) {
      waiting.add(callers.submit(() -> patiently("alice", waitingFor("waitMs=4000"))));
    }
    Awaitility.await().until(() -> ledger.arrived().size() == mayWait);
    for (String spelled : List.of("waitMs=4000", "wait%4Ds=4000", "waitMs=0xfa0", "waitMs=%2b9")) {
      assertThat(get("alice", waitingFor(spelled)).statusCode()).isEqualTo(200);
    }
    assertThat(ledger.arrived().subList(mayWait, mayWait + 4))
        .extracting(Arrived::target)
        .allMatch(target -> target.endsWith(ALICE_EUR));
    Future<HttpResponse<String>> another =
        callers.submit(() -> patiently("bob", waitingFor("waitMs=4000")));
    Awaitility.await().until(() -> ledger.arrived().size() == mayWait + 5);
    assertThat(ledger.arrived().getLast().target()).endsWith("waitMs=4000");
    mayAnswer.countDown();
    assertThat(another.get().statusCode()).isEqualTo(200);
  }

  /// Elsewhere it means nothing, and is no way around the limit.
  @Test
  void waitMsOnAnotherRouteIsRefused() {
    ledger.answers(request -> Reply.json(200, "{}"));
    assertProblem(get("alice", "/v1/accounts?waitMs=4000"), 400, "invalid-request");
    assertThat(ledger.arrived()).isEmpty();
  }

  private double inFlight() {
    return meters.get("gateway.shedding.in.flight").tag("upstream", "ledger").gauge().value();
  }

  private static String waitingFor(String query) {
    return "/v1/transfers/" + ALICE_EUR + "?" + query;
  }

  /// With time enough on a busy machine.
  private HttpResponse<String> patiently(String client, String path) {
    return send(as(client, path).header("Request-Timeout-Ms", "25000"));
  }

  private HttpResponse<String> batch(String client, int items) {
    String body = "{\"items\":[" + String.join(",", Collections.nCopies(items, transfer(1))) + "]}";
    return send(
        posting(client, BATCHES, body)
            .header("Idempotency-Key", newKey())
            .header("Request-Timeout-Ms", "25000"));
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(Duration.ofSeconds(20).toMillis(), TimeUnit.MILLISECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
