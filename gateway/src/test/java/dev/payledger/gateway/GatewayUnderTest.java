package dev.payledger.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.testkit.Ports;
import dev.payledger.testkit.Postgres;
import dev.payledger.testkit.SettableClock;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The whole gateway with its demo issuer on a real PostgreSQL, in front of servers that play ledger
/// and feed. All integration tests share this one process.
@SpringBootTest(
    webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
    properties = {
      "management.server.port=0",
      "DEADLINE_UNNAMED=5s",
      "ISSUER_URL=" + GatewayUnderTest.ISSUER
    })
@ActiveProfiles("demo")
@Import(SettableTime.class)
public class GatewayUnderTest {
  public static final String ISSUER = "http://issuer.test";
  public static final String ALICE_EUR = "a11ce000-0000-7000-8000-000000000978";
  public static final String BOB_EUR = "b0b00000-0000-7000-8000-000000000978";

  protected static final Downstream ledger = new Downstream(Ports.free());
  protected static final Downstream feed = new Downstream(Ports.free());
  private static final Map<String, String> tokens = new ConcurrentHashMap<>();
  private static final JsonMapper json = JsonMapper.builder().build();
  protected static final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @LocalServerPort protected int port;
  @Autowired protected SettableClock clock;

  @DynamicPropertySource
  static void servers(DynamicPropertyRegistry registry) {
    Postgres.register(registry);
    registry.add("LEDGER_URL", ledger::url);
    registry.add("NOTIFY_EU_URL", feed::url);
  }

  @BeforeEach
  protected void now() {
    clock.set(Clock.systemUTC().instant());
  }

  protected static String newKey() {
    return UUID.randomUUID().toString();
  }

  protected static String transfer(long amountMinor) {
    return """
        {"debitAccountId":"%s","creditAccountId":"%s","amountMinor":%d,"currency":"EUR"}\
        """
        .formatted(ALICE_EUR, BOB_EUR, amountMinor);
  }

  protected URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  protected HttpRequest.Builder anonymously(String path) {
    return HttpRequest.newBuilder(uri(path)).timeout(Duration.ofSeconds(30));
  }

  protected HttpRequest.Builder as(String client, String path) {
    return anonymously(path).header("Authorization", "Bearer " + token(client));
  }

  protected HttpResponse<String> get(String client, String path) {
    return send(as(client, path));
  }

  protected HttpRequest.Builder posting(String client, String path, String body) {
    return as(client, path)
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(body));
  }

  protected HttpResponse<String> post(String client, String path, String key, String body) {
    return send(posting(client, path, body).header("Idempotency-Key", key));
  }

  protected HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return http.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /// A token of the real token endpoint, with all scopes of the client.
  protected String token(String client) {
    return tokens.computeIfAbsent(
        client,
        id -> {
          HttpResponse<String> response = send(tokenRequest(id, id + "-demo", ""));
          assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
          return json(response).get("access_token").stringValue();
        });
  }

  protected HttpRequest.Builder tokenRequest(String client, String secret, String more) {
    String credentials = Base64.getEncoder().encodeToString((client + ":" + secret).getBytes());
    return anonymously("/oauth2/token")
        .header("Authorization", "Basic " + credentials)
        .header("Content-Type", "application/x-www-form-urlencoded")
        .POST(BodyPublishers.ofString("grant_type=client_credentials" + more));
  }

  protected static JsonNode json(HttpResponse<String> response) {
    return json.readTree(response.body());
  }

  protected static String header(HttpResponse<?> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }

  /// Asserts an RFC 9457 document of ours, complete and without more.
  protected static void assertProblem(HttpResponse<String> response, int status, String code) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(header(response, "Content-Type")).isEqualTo("application/problem+json");
    JsonNode problem = json(response);
    assertThat(problem.propertyNames())
        .containsExactly("type", "title", "status", "detail", "code", "retryable", "traceId");
    assertThat(problem.get("type").stringValue())
        .isEqualTo("https://payledger.dev/problems/" + code);
    assertThat(problem.get("code").stringValue()).isEqualTo(code);
    assertThat(problem.get("status").intValue()).isEqualTo(status);
    assertThat(problem.get("traceId").stringValue()).matches("[0-9a-f]{32}");
    assertThat(header(response, "Cache-Control")).contains("no-store");
  }

  protected static void sql(String statement) {
    try (Connection connection = Postgres.superuser("gateway");
        Statement sql = connection.createStatement()) {
      sql.execute(statement);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }
}
