package dev.payledger.gateway.shedding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.gateway.Downstream.Reply;
import dev.payledger.gateway.GatewayApplication;
import dev.payledger.gateway.GatewayUnderTest;
import dev.payledger.testkit.Measures;
import dev.payledger.testkit.Postgres;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/// Three times as many requests as the service behind can answer, in open loop: they come when they
/// come, whether or not the ones before were answered. The service works for ten at once, 50 ms each, and lets
/// the others queue, as real ones do. A caller waits for a second. The same trace goes through a gateway that sheds
/// nothing, which is what the shedding is for.
@Measures
class OverloadIT extends GatewayUnderTest {
  private static final int AT_ONCE = 10;
  private static final Duration SERVICE_TIME = Duration.ofMillis(50);
  private static final int CAPACITY_PER_SECOND = 200;
  private static final Duration PATIENCE = Duration.ofSeconds(1);
  private static final long SEED = 42;

  /// Few tokens stand for many callers here.
  private static final String ONE_FOR_MANY = "SHEDDING_CALLER_IN_FLIGHT_MAX=511";

  private final Semaphore workers = new Semaphore(AT_ONCE, true);

  @Test
  void moneyGoesFirstGoodputStaysAndTheRestIsToldAtOnce() throws Exception {
    ledger.answers(
        request -> {
          workers.acquireUninterruptibly();
          try {
            LockSupport.parkNanos(SERVICE_TIME.toNanos());
            return Reply.json(request.method().equals("POST") ? 201 : 200, "{}");
          } finally {
            workers.release();
          }
        });
    OverloadReport report;
    try (ConfigurableApplicationContext shedding = gateway("SHEDDING_LIMIT_MIN=4", ONE_FOR_MANY)) {
      report = run(shedding);
    }
    OverloadReport without;
    try (ConfigurableApplicationContext open =
        gateway(
            "SHEDDING_LIMIT_MIN=100000",
            "SHEDDING_LIMIT_START=100000",
            "SHEDDING_LIMIT_MAX=100000",
            ONE_FOR_MANY)) {
      without = run(open);
    }
    report.write(without);

    assertThat(report.goodputOfPeak()).as(report.toString()).isGreaterThanOrEqualTo(0.85);
    assertThat(report.moneySuccess()).as(report.toString()).isGreaterThanOrEqualTo(0.99);
    assertThat(report.rejectionMedianMillis()).as(report.toString()).isLessThan(5);
    assertThat(report.recoverySeconds()).as(report.toString()).isLessThanOrEqualTo(10);
    assertThat(without.goodputOfPeak()).as("without: " + without).isLessThan(0.5);
  }

  private ConfigurableApplicationContext gateway(String... settings) {
    List<String> properties =
        new ArrayList<>(
            List.of(
                "server.port=0",
                "management.server.port=0",
                "POSTGRES_HOST=" + Postgres.address().host(),
                "POSTGRES_PORT=" + Postgres.address().port(),
                "ISSUER_URL=" + ISSUER,
                "JWKS_URL=" + uri("/oauth2/jwks"),
                "LEDGER_URL=" + ledger.url()));
    properties.addAll(List.of(settings));
    return new SpringApplicationBuilder(GatewayApplication.class)
        .properties(properties.toArray(String[]::new))
        .run();
  }

  private OverloadReport run(ConfigurableApplicationContext gateway) throws InterruptedException {
    int port = ((ServletWebServerApplicationContext) gateway).getWebServer().getPort();
    Random random = new Random(SEED);
    List<CompletableFuture<OverloadReport.Call>> calls = new ArrayList<>();
    long start = System.nanoTime();
    for (OverloadReport.Phase phase : OverloadReport.Phase.values()) {
      long due = start + phase.from().toNanos();
      long end = due + phase.lasts().toNanos();
      while (true) {
        // Independent callers: exponential times between them.
        due +=
            (long)
                (-Math.log(1 - random.nextDouble()) / (phase.load() * CAPACITY_PER_SECOND) * 1e9);
        if (due >= end) {
          break;
        }
        TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
        calls.add(call(port, OverloadReport.Kind.of(random.nextDouble()), start, due));
      }
    }
    List<OverloadReport.Call> answered = calls.stream().map(CompletableFuture::join).toList();
    Awaitility.await("the service is idle again")
        .atMost(Duration.ofMinutes(1))
        .until(() -> workers.availablePermits() == AT_ONCE && !workers.hasQueuedThreads());
    return new OverloadReport(answered, rejectionMedianMillis(gateway));
  }

  /// As the gateway itself measures it: the callers of this test share the machine with it.
  private static double rejectionMedianMillis(ConfigurableApplicationContext gateway) {
    return gateway
        .getBean(MeterRegistry.class)
        .get("gateway.shedding.rejected")
        .timer()
        .takeSnapshot()
        .percentileValues()[0]
        .value(TimeUnit.MILLISECONDS);
  }

  private CompletableFuture<OverloadReport.Call> call(
      int port, OverloadReport.Kind kind, long start, long due) {
    URI uri = URI.create("http://127.0.0.1:" + port + kind.path());
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .header("Authorization", "Bearer " + token(kind.client()))
            .header("Request-Timeout-Ms", Long.toString(PATIENCE.toMillis()));
    if (kind == OverloadReport.Kind.MONEY) {
      request
          .header("Idempotency-Key", newKey())
          .header("Content-Type", "application/json")
          .POST(BodyPublishers.ofString(transfer(1)));
    }
    return http.sendAsync(request.build(), BodyHandlers.discarding())
        .handle(
            (response, failure) -> {
              long now = System.nanoTime();
              return new OverloadReport.Call(
                  (int) TimeUnit.NANOSECONDS.toSeconds(due - start),
                  kind,
                  response == null ? 0 : response.statusCode(),
                  now - due <= PATIENCE.toNanos());
            });
  }
}
