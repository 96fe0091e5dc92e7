package dev.payledger.fraud;

import dev.payledger.testkit.Postgres;
import dev.payledger.testkit.SettableClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/// The service on a real PostgreSQL and a real port, with a clock that tests move. One for all tests.
@SpringBootTest(
    webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
    properties = {
      "FRAUD_BLOCKED_ACCOUNTS=" + FraudServer.BLOCKED_BY_PROPERTY,
      // Strangers may pay each other in the tests that are about something else.
      "fraud.rules.new-payee-limit-minor=1000000",
      "fraud.rules.new-payee-limit-minor-by-currency.USD=1000",
      // Only the tests that say so hear anything.
      "spring.kafka.listener.auto-startup=false",
      // And only they have a broker.
      "KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:1",
      "fraud.blocking.publish-interval=1h",
      // A busy build machine must not turn a race into a time-out.
      "spring.datasource.hikari.connection-timeout=15000",
      "fraud.web.request-timeout-max=20s"
    })
@Import(FraudServer.Time.class)
public class FraudServer {
  protected static final String BLOCKED_BY_PROPERTY = "0bad0000-0000-7000-8000-000000000978";
  protected static final Instant NOON = Instant.parse("2026-06-01T12:00:00Z");

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @Autowired protected SettableClock clock;
  @LocalServerPort protected int port;

  @DynamicPropertySource
  static void servers(DynamicPropertyRegistry registry) {
    Postgres.register(registry);
  }

  @TestConfiguration
  static class Time {
    @Bean
    @Primary
    SettableClock settableClock() {
      return new SettableClock(NOON);
    }
  }

  @BeforeEach
  public void itIsNoon() {
    clock.set(NOON.plusNanos(123_456_789));
  }

  protected static String body(UUID debit, UUID credit, long amountMinor, boolean operator) {
    return body(operator, leg(debit, credit, amountMinor));
  }

  protected static String body(boolean operator, String... legs) {
    return body("EUR", operator, legs);
  }

  protected static String body(String currency, boolean operator, String... legs) {
    return """
    {"currency":"%s","operatorInitiated":%s,"legs":[%s]}"""
        .formatted(currency, operator, String.join(",", legs));
  }

  protected static String leg(UUID debit, UUID credit, long amountMinor) {
    return """
    {"debitAccountId":"%s","creditAccountId":"%s","amountMinor":%d}"""
        .formatted(debit, credit, amountMinor);
  }

  protected HttpResponse<String> put(UUID transferId, String body) {
    return send(
        request("/assessments/" + transferId)
            .header("Content-Type", "application/json")
            .PUT(BodyPublishers.ofString(body)));
  }

  protected HttpResponse<String> put(UUID transferId, UUID debit, long amountMinor) {
    return put(transferId, body(debit, CREDIT, amountMinor, false));
  }

  protected HttpResponse<String> get(String path) {
    return send(request(path));
  }

  protected HttpResponse<String> post(String path, String body) {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body)));
  }

  /// Blocks or unblocks an account, as an operator does.
  protected HttpResponse<String> block(UUID account, boolean isBlocked, String reason) {
    return block(account, isBlocked, reason, "olga");
  }

  protected HttpResponse<String> block(
      UUID account, boolean isBlocked, String reason, String changedBy) {
    return send(
        request("/blocked-accounts/" + account)
            .header("Content-Type", "application/json")
            .PUT(
                BodyPublishers.ofString(
                    """
                    {"isBlocked":%s,"reason":"%s","changedBy":"%s"}"""
                        .formatted(isBlocked, reason, changedBy))));
  }

  protected HttpResponse<String> delete(UUID transferId) {
    return delete(transferId, "");
  }

  protected HttpResponse<String> delete(UUID transferId, String query) {
    return send(request("/assessments/" + transferId + query).DELETE());
  }

  protected HttpRequest.Builder request(String path) {
    return stranger(path).header("Authorization", "Bearer fraud-credential-demo");
  }

  /// Without the credential.
  protected HttpRequest.Builder stranger(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .timeout(Duration.ofSeconds(20));
  }

  protected static HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return HTTP.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  protected static final UUID CREDIT = UUID.fromString("b0b00000-0000-7000-8000-000000000978");

  /// What the windows of a debit account have reserved, oldest first.
  protected static List<Long> reserved(UUID debit) {
    return query(
        "SELECT reserved_minor FROM velocity_counter WHERE debit_account_id = '"
            + debit
            + "' ORDER BY window_starts_at");
  }

  /// Makes the velocity rule throw for an account: its window is so full that one more overflows.
  protected static AutoCloseable brokenRuleFor(UUID debit, String currency) {
    execute(
        "INSERT INTO velocity_counter VALUES ('%s', '%s', '%s', %d, %d)"
            .formatted(debit, currency, NOON, Long.MAX_VALUE, Long.MAX_VALUE - 1));
    return () ->
        execute("DELETE FROM velocity_counter WHERE debit_account_id = '%s'".formatted(debit));
  }

  protected static void execute(String sql) {
    try (Connection connection = Postgres.superuser("fraud");
        var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  protected static List<Long> query(String sql) {
    try (Connection connection = Postgres.superuser("fraud");
        var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      var values = new ArrayList<Long>();
      while (rows.next()) {
        values.add(rows.getLong(1));
      }
      return values;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
