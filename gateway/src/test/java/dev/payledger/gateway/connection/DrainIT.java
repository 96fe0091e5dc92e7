package dev.payledger.gateway.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.payledger.gateway.Downstream.Reply;
import dev.payledger.gateway.GatewayUnderTest;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// A gateway that is told to stop while it works.
class DrainIT extends GatewayUnderTest {
  private static final int IN_FLIGHT = 8;

  private SmallGateway gateway(String... settings) {
    return new SmallGateway(uri("/oauth2/jwks").toString(), ledger.url(), settings);
  }

  private HttpRequest.Builder posting(SmallGateway gateway) {
    return gateway
        .request("/v1/transfers")
        .header("Authorization", "Bearer " + token("alice"))
        .header("Content-Type", "application/json")
        .header("Idempotency-Key", newKey())
        .POST(BodyPublishers.ofString(transfer(1)));
  }

  @Test
  void whatIsInFlightIsAnsweredAndCallersAreSentAwayFirst() throws Exception {
    CountDownLatch mayAnswer = new CountDownLatch(1);
    ledger.answers(
        request -> {
          if (request.method().equals("POST")) {
            hold(mayAnswer);
          }
          return Reply.json(request.method().equals("POST") ? 201 : 200, "{}");
        });
    SmallGateway gateway = gateway("gateway.connection.drain-for=4s");
    assertThat(send(gateway.readiness()).statusCode()).isEqualTo(200);
    HttpRequest.Builder reading =
        gateway.request("/v1/accounts").header("Authorization", "Bearer " + token("alice"));
    assertThat(header(send(reading), "Connection")).isEmpty();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        HttpClient newCaller = HttpClient.newHttpClient()) {
      List<Future<HttpResponse<String>>> inFlight = new ArrayList<>();
      for (int call = 0; call < IN_FLIGHT; call++) {
        inFlight.add(threads.submit(() -> send(posting(gateway))));
      }
      await()
          .atMost(Duration.ofSeconds(10))
          .until(
              () ->
                  ledger.arrived().stream()
                          .filter(request -> request.method().equals("POST"))
                          .count()
                      == IN_FLIGHT);

      Future<?> stopped = threads.submit(gateway::close);
      await()
          .atMost(Duration.ofSeconds(4))
          .pollInterval(Duration.ofMillis(50))
          .until(() -> send(gateway.readiness()).statusCode() == 503);
      HttpResponse<String> late = send(reading);
      assertThat(late.statusCode()).isEqualTo(200);
      assertThat(header(late, "Connection")).isEqualTo("close");

      // Then nobody new is let in, while the others still wait for their answers.
      await()
          .atMost(Duration.ofSeconds(10))
          .pollInterval(Duration.ofMillis(50))
          .until(() -> isRefused(newCaller, reading));
      assertThat(inFlight).noneMatch(Future::isDone);
      assertThat(stopped.isDone()).isFalse();

      mayAnswer.countDown();
      for (Future<HttpResponse<String>> call : inFlight) {
        assertThat(call.get(9, TimeUnit.SECONDS).statusCode()).isEqualTo(201);
      }
      stopped.get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void whoseAnswerDoesNotComeIsToldSoAndTheProcessEndsWithinItsBound() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    ledger.answers(
        request -> {
          hold(never);
          return Reply.json(201, "{}");
        });
    SmallGateway gateway = gateway("gateway.connection.drain-for=0s");
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<HttpResponse<String>> inFlight =
          threads.submit(() -> send(posting(gateway).header("Request-Timeout-Ms", "2000")));
      await().atMost(Duration.ofSeconds(5)).until(() -> !ledger.arrived().isEmpty());
      long start = System.nanoTime();
      gateway.close();
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(8));
      HttpResponse<String> told = inFlight.get(1, TimeUnit.SECONDS);
      assertProblem(told, 503, "outcome-unknown");
      assertThat(header(told, "Retry-After")).isNotEmpty();
    } finally {
      never.countDown();
    }
  }

  private static boolean isRefused(HttpClient client, HttpRequest.Builder request)
      throws InterruptedException {
    try {
      client.send(request.build(), BodyHandlers.discarding());
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  private static void hold(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
