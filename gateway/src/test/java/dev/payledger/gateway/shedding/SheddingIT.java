package dev.payledger.gateway.shedding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.gateway.Downstream.Reply;
import dev.payledger.gateway.GatewayApplication;
import dev.payledger.gateway.GatewayUnderTest;
import dev.payledger.testkit.Postgres;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/// A gateway whose ledger works for ten at once and answers nobody: reports are rejected first, then reads, and
/// money still gets through.
class SheddingIT extends GatewayUnderTest {
  private static final String READ = "/v1/accounts";
  private static final String REPORT = "/v1/operator/trial-balance";
  private static final List<String> DECISIONS =
      List.of("/v1/operator/held-transfers", "/v1/operator/parked-transfers");

  @Test
  void reportsThenReadsAreRejectedAndMoneyGetsThrough() throws Exception {
    CountDownLatch mayAnswer = new CountDownLatch(1);
    ledger.answers(
        request -> {
          if (request.method().equals("POST")) {
            return Reply.json(201, "{}");
          }
          if (DECISIONS.contains(request.target())) {
            return Reply.json(200, "{}");
          }
          awaitQuietly(mayAnswer);
          return Reply.json(200, "{}");
        });
    try (ConfigurableApplicationContext gateway = narrow();
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      int port = ((ServletWebServerApplicationContext) gateway).getWebServer().getPort();
      List<Future<HttpResponse<String>>> waiting = new ArrayList<>();
      for (int i = 0; i < 9; i++) {
        String caller = i % 2 == 0 ? "carol" : "bob";
        waiting.add(callers.submit(() -> send(at(port, caller, READ))));
        int arrived = i + 1;
        Awaitility.await().until(() -> readsArrived() == arrived);
        if (arrived == 6) {
          assertRejected(send(at(port, "operator", REPORT)));
          for (String list : DECISIONS) {
            assertThat(send(at(port, "operator", list)).statusCode()).as(list).isEqualTo(200);
          }
        }
      }

      assertRejected(send(at(port, "alice", READ)));
      assertRejected(send(at(port, "bob", "/v1/transfers/" + ALICE_EUR)));
      for (int i = 0; i < 3; i++) {
        assertThat(send(paying(port)).statusCode()).isEqualTo(201);
      }
      mayAnswer.countDown();
      for (Future<HttpResponse<String>> each : waiting) {
        assertThat(each.get().statusCode()).isEqualTo(200);
      }
      assertThat(send(at(port, "operator", REPORT)).statusCode()).isEqualTo(200);
    } finally {
      mayAnswer.countDown();
    }
  }

  /// They would all look into the gateway's database, ten times per second each.
  @Test
  void fewDuplicatesOfOneCallerWaitForTheFirst() throws Exception {
    CountDownLatch mayAnswer = new CountDownLatch(1);
    ledger.answers(
        request -> {
          if (request.body().equals(transfer(1))) {
            awaitQuietly(mayAnswer);
          }
          return Reply.json(201, "{}");
        });
    try (ConfigurableApplicationContext gateway = narrow("IDEMPOTENCY_WAIT_MAX=25s");
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      int port = ((ServletWebServerApplicationContext) gateway).getWebServer().getPort();
      int mayWait = gateway.getBean(SheddingProperties.class).waits().perCallerMax();
      HttpRequest.Builder request = paying(port);
      Future<HttpResponse<String>> first = callers.submit(() -> send(request.copy()));
      Awaitility.await().until(() -> ledger.arrived().size() == 1);

      List<Future<HttpResponse<String>>> duplicates = new ArrayList<>();
      for (int i = 0; i < 3 * mayWait; i++) {
        duplicates.add(callers.submit(() -> send(request.copy())));
      }
      Awaitility.await()
          .atMost(20, TimeUnit.SECONDS)
          .until(() -> duplicates.stream().filter(Future::isDone).count() == 2L * mayWait);
      assertThat(send(paying(port, "carol", 2)).statusCode()).isEqualTo(201);
      mayAnswer.countDown();

      assertThat(first.get().statusCode()).isEqualTo(201);
      int replayed = 0;
      for (Future<HttpResponse<String>> each : duplicates) {
        if (each.get().statusCode() == 201) {
          replayed++;
        } else {
          assertProblem(each.get(), 409, "request-in-flight");
        }
      }
      assertThat(replayed).isEqualTo(mayWait);
    } finally {
      mayAnswer.countDown();
    }
  }

  /// The limit has room to fall, and quick reads of the same route have set what is usual.
  @Test
  void waitedTimeDoesNotLowerTheLimit() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    ledger.answers(
        request -> {
          if (request.target().contains("waitMs")) {
            awaitQuietly(never, Duration.ofMillis(500));
          }
          return Reply.json(200, "{}");
        });
    try (ConfigurableApplicationContext gateway =
            narrow("SHEDDING_LIMIT_MIN=4", "SHEDDING_LIMIT_START=36", "SHEDDING_LIMIT_MAX=64");
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      int port = ((ServletWebServerApplicationContext) gateway).getWebServer().getPort();
      String transfer = "/v1/transfers/" + ALICE_EUR;
      for (int i = 0; i < 30; i++) {
        assertThat(send(at(port, "operator", transfer)).statusCode()).isEqualTo(200);
      }
      double limit = limit(gateway);
      for (int round = 0; round < 4; round++) {
        List<Future<HttpResponse<String>>> waiting = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
          String caller = List.of("alice", "bob", "carol").get(i % 3);
          waiting.add(callers.submit(() -> send(at(port, caller, transfer + "?waitMs=500"))));
        }
        for (Future<HttpResponse<String>> each : waiting) {
          assertThat(each.get().statusCode()).isEqualTo(200);
        }
      }

      assertThat(limit).isGreaterThan(8);
      assertThat(limit(gateway)).isGreaterThanOrEqualTo(limit);
    }
  }

  private static double limit(ConfigurableApplicationContext gateway) {
    return gateway
        .getBean(MeterRegistry.class)
        .get("gateway.shedding.limit")
        .tag("upstream", "ledger")
        .gauge()
        .value();
  }

  private static long readsArrived() {
    return ledger.arrived().stream().filter(request -> request.target().equals(READ)).count();
  }

  private static void assertRejected(HttpResponse<String> answer) {
    assertProblem(answer, 503, "temporary-reduced-capacity");
    assertThat(header(answer, "Retry-After")).matches("[1-3]");
  }

  private ConfigurableApplicationContext narrow(String... more) {
    return new SpringApplicationBuilder(GatewayApplication.class)
        .properties(
            "POSTGRES_HOST=" + Postgres.address().host(),
            "POSTGRES_PORT=" + Postgres.address().port(),
            "ISSUER_URL=" + ISSUER,
            "JWKS_URL=" + uri("/oauth2/jwks"),
            "LEDGER_URL=" + ledger.url(),
            "DEADLINE_UNNAMED=30s",
            "SHEDDING_LIMIT_MIN=10",
            "SHEDDING_LIMIT_START=10",
            "SHEDDING_LIMIT_MAX=10",
            "SHEDDING_CALLER_IN_FLIGHT_MAX=9")
        .properties(more)
        .run("--server.port=0", "--management.server.port=0");
  }

  private HttpRequest.Builder at(int port, String client, String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .header("Authorization", "Bearer " + token(client));
  }

  private HttpRequest.Builder paying(int port) {
    return paying(port, "alice", 1);
  }

  private HttpRequest.Builder paying(int port, String client, long amountMinor) {
    return at(port, client, "/v1/transfers")
        .header("Content-Type", "application/json")
        .header("Idempotency-Key", newKey())
        .POST(BodyPublishers.ofString(transfer(amountMinor)));
  }

  private static void awaitQuietly(CountDownLatch latch) {
    awaitQuietly(latch, Duration.ofSeconds(30));
  }

  private static void awaitQuietly(CountDownLatch latch, Duration bound) {
    try {
      latch.await(bound.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
