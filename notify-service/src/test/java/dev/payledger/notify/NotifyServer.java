package dev.payledger.notify;

import dev.payledger.testkit.Postgres;
import dev.payledger.testkit.TestIssuer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The service on a real PostgreSQL, with an issuer of its own.
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
class NotifyServer {
  static final TestIssuer ISSUER = new TestIssuer();
  static final Duration SOON = Duration.ofSeconds(20);

  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final JsonMapper JSON = JsonMapper.shared();

  @LocalServerPort int port;

  @DynamicPropertySource
  static void servers(DynamicPropertyRegistry registry) {
    Postgres.register(registry);
    registry.add("ISSUER_URL", () -> TestIssuer.URL);
  }

  HttpResponse<String> feed(UUID account, String token) {
    return get("/v1/accounts/" + account + "/feed", token);
  }

  HttpResponse<String> get(String path, String token) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(20))
            .header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    return send(request);
  }

  static HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return HTTP.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /// The sequences that the owner sees now; none while the account is not known.
  List<Long> sequences(UUID account, String owner) {
    HttpResponse<String> answer =
        get("/v1/accounts/" + account + "/feed?limit=200", ISSUER.token(owner));
    return answer.statusCode() == 200 ? sequences(answer) : List.of();
  }

  static List<Long> sequences(HttpResponse<String> page) {
    List<Long> sequences = new ArrayList<>();
    JSON.readTree(page.body())
        .get("items")
        .forEach(item -> sequences.add(item.get("sequence").asLong()));
    return sequences;
  }

  static JsonNode json(HttpResponse<String> answer) {
    return JSON.readTree(answer.body());
  }

  static long count(String sql) {
    try (Connection connection = Postgres.superuser("notify_eu");
        var statement = connection.createStatement();
        var row = statement.executeQuery("SELECT count(*) FROM " + sql)) {
      row.next();
      return row.getLong(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  static void execute(String sql) {
    try (Connection connection = Postgres.superuser("notify_eu");
        var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
