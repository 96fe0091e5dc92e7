package dev.payledger.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.gateway.Downstream.Reply;
import dev.payledger.testkit.Ports;
import dev.payledger.testkit.Postgres;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/// A second gateway on the same database, as after a restart: without the demo issuer, so its
/// issuer is another server, with the first one's keys; without a ledger; and with small budgets.
class SecondGatewayIT extends GatewayUnderTest {
  private static ConfigurableApplicationContext second;
  private static HttpResponse<String> whileTheIssuerIsAway;

  @BeforeEach
  void started() {
    if (second == null) {
      second =
          new SpringApplicationBuilder(GatewayApplication.class)
              .properties(
                  "POSTGRES_HOST=" + Postgres.address().host(),
                  "POSTGRES_PORT=" + Postgres.address().port(),
                  "ISSUER_URL=" + ISSUER,
                  "JWKS_URL=" + feed.url() + "/jwks",
                  "LEDGER_URL=http://127.0.0.1:" + Ports.free(),
                  "RATE_LIMIT_MONEY_PER_SECOND=1",
                  "RATE_LIMIT_MONEY_BURST=3",
                  "RATE_LIMIT_READS_PER_SECOND=100",
                  "RATE_LIMIT_READS_BURST=100")
              // The others are defaults, which application.yml's own port would outdo.
              .run("--server.port=0", "--management.server.port=0");
      feed.down();
      try {
        whileTheIssuerIsAway = send(there("carol", "/v1/accounts"));
      } finally {
        feed.up();
      }
      String keys = send(anonymously("/oauth2/jwks")).body();
      feed.answers(request -> Reply.json(200, keys));
      // Keys are fetched once a second at most.
      Awaitility.await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> send(there("carol", "/v1/idempotency-keys")).statusCode() == 400);
    }
  }

  @AfterAll
  static void stopped() {
    second.close();
    second = null;
  }

  private HttpRequest.Builder there(String client, String path) {
    int secondPort = ((ServletWebServerApplicationContext) second).getWebServer().getPort();
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + secondPort + path))
        .header("Authorization", "Bearer " + token(client));
  }

  private HttpResponse<String> postThere(String client, String key, String body) {
    return send(
        there(client, "/v1/transfers")
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", key)
            .POST(BodyPublishers.ofString(body)));
  }

  @Test
  void anAnswerIsReplayedByAnotherGatewayAlthoughTheLedgerIsAway() {
    ledger.answers(request -> Reply.json(201, "{ \"id\" : 1 }").at("/v1/transfers/1"));
    String key = newKey();
    HttpResponse<String> first = post("alice", "/v1/transfers", key, transfer(1_000));
    HttpResponse<String> replayed = postThere("alice", key, transfer(1_000));
    assertThat(replayed.statusCode()).isEqualTo(201);
    assertThat(replayed.body()).isEqualTo(first.body());
    assertThat(header(replayed, "Location")).isEqualTo("/v1/transfers/1");
    assertThat(header(replayed, "Idempotency-Replayed")).isEqualTo("true");
    assertProblem(postThere("alice", key, transfer(1_001)), 422, "idempotency-key-reused");
    assertProblem(postThere("alice", newKey(), transfer(1_000)), 503, "unavailable");
  }

  @Test
  void aCallerOverBudgetIsToldWhenToComeBackAndOthersAreNotHeldUp() {
    HttpResponse<String> within = postThere("bob", newKey(), transfer(1));
    assertThat(within.statusCode()).isEqualTo(503);
    assertThat(header(within, "RateLimit-Policy")).isEqualTo("\"money\";q=3;w=3");
    assertThat(header(within, "RateLimit")).isEqualTo("\"money\";r=2;t=1");
    HttpResponse<String> last = within;
    for (int call = 0; call < 10 && last.statusCode() != 429; call++) {
      last = postThere("bob", newKey(), transfer(1));
    }
    assertProblem(last, 429, "quota-exceeded");
    assertThat(header(last, "Retry-After")).isEqualTo("1");
    assertThat(header(last, "RateLimit")).startsWith("\"money\";r=0;t=");
    assertThat(postThere("carol", newKey(), transfer(1)).statusCode()).isEqualTo(503);
    assertThat(send(there("bob", "/v1/accounts")).statusCode()).isEqualTo(503);
  }

  @Test
  void theGatewayStartsWithoutItsIssuerAndLetsNobodyInUntilItsKeysAreKnown() {
    assertProblem(whileTheIssuerIsAway, 503, "unavailable");
    assertThat(header(whileTheIssuerIsAway, "Retry-After")).isNotEmpty();
  }

  @Test
  void withoutTheDemoThereIsNoTokenEndpoint() {
    HttpResponse<String> response =
        send(there("carol", "/oauth2/token").POST(BodyPublishers.noBody()));
    assertProblem(response, 404, "not-found");
  }
}
