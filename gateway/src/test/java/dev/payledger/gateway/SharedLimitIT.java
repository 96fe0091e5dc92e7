package dev.payledger.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.gateway.Downstream.Reply;
import dev.payledger.stack.server.RedisServer;
import dev.payledger.stack.server.TcpProxy;
import dev.payledger.testkit.Ports;
import dev.payledger.testkit.Postgres;
import dev.payledger.testkit.Redis;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/// Two gateways that count in one Redis: a caller has one budget, whichever it calls, and whatever
/// becomes of Redis, money moves once and without delay.
class SharedLimitIT extends GatewayUnderTest {
  private static final int BURST = 40;
  private static final int PER_SECOND = 10;

  private static RedisServer redis;
  private static TcpProxy wire;
  private static final List<ConfigurableApplicationContext> gateways = new ArrayList<>();

  @Autowired private ConfigurableApplicationContext first;

  @BeforeEach
  void started() {
    if (gateways.isEmpty()) {
      redis = Redis.another(Ports.free());
      wire = TcpProxy.to(redis.port());
      gateways.add(gateway());
      gateways.add(gateway());
    }
    ledger.answers(request -> Reply.json(201, "{\"id\":1}").at("/v1/transfers/1"));
    for (int gateway = 0; gateway < gateways.size(); gateway++) {
      awaitRedis(gateway);
    }
  }

  @AfterAll
  static void stopped() throws IOException {
    gateways.forEach(ConfigurableApplicationContext::close);
    gateways.clear();
    wire.close();
    redis.close();
  }

  private ConfigurableApplicationContext gateway() {
    return new SpringApplicationBuilder(GatewayApplication.class)
        .properties(
            "POSTGRES_HOST=" + Postgres.address().host(),
            "POSTGRES_PORT=" + Postgres.address().port(),
            "ISSUER_URL=" + ISSUER,
            "JWKS_URL=" + uri("/oauth2/jwks"),
            "LEDGER_URL=" + ledger.url(),
            "RATE_LIMIT_MODE=redis",
            "RATE_LIMIT_NODES=2",
            "REDIS_URL=redis://127.0.0.1:" + wire.port(),
            "REDIS_RETRY_AFTER=200ms",
            "RATE_LIMIT_MONEY_PER_SECOND=" + PER_SECOND,
            "RATE_LIMIT_MONEY_BURST=" + BURST,
            "RATE_LIMIT_READS_PER_SECOND=" + PER_SECOND,
            "RATE_LIMIT_READS_BURST=" + BURST)
        // The others are defaults, which application.yml's own port would outdo.
        .run("--server.port=0", "--management.server.port=0");
  }

  private HttpRequest.Builder at(int gateway, String client, String path) {
    int there =
        ((ServletWebServerApplicationContext) gateways.get(gateway)).getWebServer().getPort();
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + there + path))
        .timeout(Duration.ofSeconds(30))
        .header("Authorization", "Bearer " + token(client));
  }

  private HttpResponse<String> postAt(int gateway, String client, String key, String body) {
    return send(postingAt(gateway, client, "/v1/transfers", key, body));
  }

  private HttpRequest.Builder postingAt(
      int gateway, String client, String path, String key, String body) {
    return at(gateway, client, path)
        .header("Content-Type", "application/json")
        .header("Idempotency-Key", key)
        .POST(BodyPublishers.ofString(body));
  }

  private double decided(int gateway, String source) {
    return gateways
        .get(gateway)
        .getBean(MeterRegistry.class)
        .find("gateway.limit.decided")
        .tag("source", source)
        .counters()
        .stream()
        .mapToDouble(counter -> counter.count())
        .sum();
  }

  /// Waits until the gateway counts in Redis: the operator asks, whom no test limits.
  private void awaitRedis(int gateway) {
    double before = decided(gateway, "redis");
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(200))
        .until(
            () -> {
              send(at(gateway, "operator", "/v1/accounts"));
              return decided(gateway, "redis") > before;
            });
  }

  @Test
  void aCallerHasOneBudgetAtAllGatewaysAndNoWayAroundIt() {
    double partsBefore = admittedByParts();
    long began = System.nanoTime();
    int admitted = 0;
    HttpResponse<String> last = send(at(0, "alice", "/v1/accounts"));
    while (last.statusCode() != 429) {
      admitted++;
      assertThat(header(last, "RateLimit-Policy")).isEqualTo("\"reads\";q=40;w=4");
      last = send(at(admitted % 2, "alice", "/v1/accounts"));
    }
    // On a busy machine Redis may now and then take longer than 50 ms.
    double byParts = admittedByParts() - partsBefore;
    assertThat(admitted - byParts).isBetween((double) BURST - byParts, budget(began));
    assertProblem(last, 429, "quota-exceeded");
    assertThat(header(last, "Retry-After")).isEqualTo("1");
    assertThat(header(last, "RateLimit")).isEqualTo("\"reads\";r=0;t=1");

    // Each of these passes if there is a way around, and costs a token that refilled if not.
    int around = 0;
    for (int gateway = 0; gateway < 2; gateway++) {
      for (HttpRequest.Builder attempt :
          List.of(
              at(gateway, "alice", "/v1/accounts").header("X-Forwarded-For", "192.0.2.7"),
              at(gateway, "alice", "/v1/accounts").header("Forwarded", "for=192.0.2.7"),
              at(gateway, "alice", "/v1/accounts").header("X-Tenant-Id", "another"),
              at(gateway, "alice", "/v1/accounts?limit=2"),
              at(gateway, "alice", "/v1/accounts?cursor=x"),
              at(gateway, "alice", "/v1/transfers/" + ALICE_EUR.toUpperCase()),
              at(gateway, "alice", "/v1/idempotency-keys?key=x&operation=create-transfer"))) {
        around += send(attempt).statusCode() == 429 ? 0 : 1;
      }
    }
    byParts = admittedByParts() - partsBefore;
    assertThat(admitted + around - byParts).isLessThanOrEqualTo(budget(began));
    assertThat(send(at(0, "bob", "/v1/accounts")).statusCode()).isNotEqualTo(429);
    assertThat(postAt(0, "alice", newKey(), transfer(1)).statusCode()).isEqualTo(201);
  }

  /// What one bucket lets in from then until now.
  private static double budget(long began) {
    return BURST + Math.ceil((System.nanoTime() - began) * (double) PER_SECOND / 1_000_000_000L);
  }

  /// Reads that gateways let in by themselves, because Redis did not answer in time.
  private static double admittedByParts() {
    return gateways.stream()
        .flatMap(
            gateway ->
                gateway
                    .getBean(MeterRegistry.class)
                    .find("gateway.limit.decided")
                    .tags("policy", "reads", "source", "part", "outcome", "allowed")
                    .counters()
                    .stream())
        .mapToDouble(counter -> counter.count())
        .sum();
  }

  @Test
  void aBatchCostsItsItemsAndOneThatNobodyCanPayIsSaidSo() {
    ledger.answers(request -> Reply.json(200, "{\"items\":[]}"));
    String path = "/v1/transfer-batches";
    String tooMany = newKey();
    HttpResponse<String> never = send(postingAt(0, "carol", path, tooMany, batch(BURST + 1)));
    assertProblem(never, 400, "cost-above-burst");
    assertThat(json(never).get("detail").stringValue()).contains("41 tokens").contains("40");
    assertThat(ledger.arrived()).isEmpty();

    HttpResponse<String> most = send(postingAt(0, "carol", path, tooMany, batch(30)));
    assertThat(most.statusCode()).as("the key was not used up").isEqualTo(200);
    assertThat(header(most, "RateLimit")).startsWith("\"money\";r=").matches(".*r=(9|10|11);.*");
    HttpResponse<String> again = send(postingAt(1, "carol", path, newKey(), batch(30)));
    assertProblem(again, 429, "quota-exceeded");
    // About 20 tokens are missing, at ten a second.
    assertThat(header(again, "Retry-After")).isIn("1", "2", "3");
    assertThat(ledger.arrived()).hasSize(1);
  }

  private static String batch(int items) {
    return "{\"items\":[" + (transfer(1) + ",").repeat(items - 1) + transfer(1) + "]}";
  }

  @Test
  void aKilledRedisCostsNeitherMoneyNorTime() {
    String key = newKey();
    assertThat(postAt(0, "bob", key, transfer(1)).statusCode()).isEqualTo(201);
    redis.kill();
    try {
      assertThatMoneyMovesOnceAndSoon(key);
      assertThat(decided(0, "part")).isPositive();
      assertThat(decided(1, "part")).isPositive();
    } finally {
      redis = Redis.another(redis.port());
    }
    awaitRedis(0);
    awaitRedis(1);
  }

  @Test
  void aFlushedRedisForgetsNoKey() {
    String key = newKey();
    assertThat(postAt(0, "bob", key, transfer(1)).statusCode()).isEqualTo(201);
    redis.flush();
    assertThatMoneyMovesOnceAndSoon(key);
  }

  @Test
  void aSlowRedisCostsNeitherMoneyNorTime() {
    String key = newKey();
    assertThat(postAt(0, "bob", key, transfer(1)).statusCode()).isEqualTo(201);
    wire.slowBy(Duration.ofSeconds(10));
    try {
      assertThatMoneyMovesOnceAndSoon(key);
      assertThat(decided(0, "part")).isPositive();
    } finally {
      wire.heal();
    }
    awaitRedis(0);
    awaitRedis(1);
  }

  /// @param done a key of bob's under which a transfer was made
  private void assertThatMoneyMovesOnceAndSoon(String done) {
    int before = ledger.arrived().size();
    for (int gateway = 0; gateway < 2; gateway++) {
      HttpResponse<String> replayed = postAt(gateway, "bob", done, transfer(1));
      assertThat(replayed.statusCode()).isEqualTo(201);
      assertThat(header(replayed, "Idempotency-Replayed")).isEqualTo("true");
    }
    assertThat(ledger.arrived()).hasSize(before);
    for (int call = 0; call < 6; call++) {
      String key = newKey();
      long asked = System.nanoTime();
      assertThat(postAt(call % 2, "bob", key, transfer(1)).statusCode()).isEqualTo(201);
      // Half of how slow Redis is.
      assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofSeconds(5));
      assertThat(header(postAt((call + 1) % 2, "bob", key, transfer(1)), "Idempotency-Replayed"))
          .isEqualTo("true");
    }
    assertThat(ledger.arrived()).hasSize(before + 6);
  }

  @Test
  void aGatewayThatCountsByItselfHasNoClientOfRedis() {
    assertThat(first.getBeanFactory().containsSingleton("limitStore")).isFalse();
    assertThat(first.getBeanFactory().containsSingleton("localBuckets")).isTrue();
    assertThat(gateways.getFirst().getBeanFactory().containsSingleton("limitStore")).isTrue();
  }
}
