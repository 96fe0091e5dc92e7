package dev.payledger.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.contracts.BlockedAccountEvent;
import dev.payledger.ledger.audit.Checks;
import dev.payledger.ledger.command.Fingerprint;
import dev.payledger.ledger.command.JournalCommand.HoldFunds;
import dev.payledger.ledger.command.JournalCommand.HoldOutcome;
import dev.payledger.ledger.journal.DatabaseClock;
import dev.payledger.ledger.journal.Journal;
import dev.payledger.ledger.money.Leg;
import dev.payledger.ledger.request.Caller;
import dev.payledger.testkit.Postgres;
import dev.payledger.testkit.SettableClock;
import dev.payledger.testkit.TestIssuer;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
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
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The ledger on a real PostgreSQL whose clock is settable, on an instance whose own clock is an hour
/// ahead of it, which must make no difference; a fraud-service that can be moody, and an
/// issuer of its own. Recovery and audit do not run and an open breaker does not move by itself: tests step
/// them. After each test the books are checked.
@SpringBootTest(
    webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
    properties = {
      "payledger.saga.recovery-interval=1h",
      "payledger.audit.interval=1h",
      "payledger.audit.step-interval=1h",
      "resilience4j.circuitbreaker.instances.fraud.minimum-number-of-calls=20",
      "resilience4j.circuitbreaker.instances.fraud.wait-duration-in-open-state=1h",
      // Far beyond what an answer takes, on a busy machine too: that it is there is no matter of
      // luck.
      "resilience4j.timelimiter.instances.fraud.timeout-duration=3s",
      "payledger.screening.connect-timeout=3s",
      "payledger.saga.recovery-timeout=9s",
      "payledger.request.timeout-default=20s",
      // Whoever waits is asked about again; RetryBudgetIT has the budget as it is.
      "payledger.screening.retry-percent=100",
      "payledger.screening.retry-balance-max=1000",
      "spring.datasource.hikari.connection-timeout=3000",
      // Only the tests that say so hear of blocked accounts, and have a broker.
      "spring.kafka.listener.auto-startup=false",
      "KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:1"
    })
@Import(LedgerUnderTest.Time.class)
public class LedgerUnderTest {
  protected static final TestIssuer ISSUER = new TestIssuer();
  protected static final FraudDouble FRAUD = new FraudDouble();
  protected static final UUID EXTERNAL_EUR =
      UUID.fromString("e0000000-0000-7000-8000-000000000978");
  protected static final JsonMapper JSON = JsonMapper.shared();
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @LocalServerPort protected int port;
  @Autowired protected SettableClock clock;
  @Autowired protected CircuitBreakerRegistry breakers;
  @Autowired protected Journal journal;
  @Autowired private Checks checks;

  @TestConfiguration
  static class Time {
    /// One for all contexts: they share the books, in which nothing is stamped with a time to come.
    private static final SettableClock CLOCK =
        new SettableClock(Clock.systemUTC().instant().truncatedTo(ChronoUnit.MICROS));

    @Bean
    SettableClock settableClock() {
      return CLOCK;
    }

    @Bean
    @Primary
    Clock clockOfTheInstance() {
      return Clock.offset(CLOCK, Duration.ofHours(1));
    }

    @Bean
    @Primary
    DatabaseClock settableDatabaseClock() {
      return sql -> CLOCK.instant().truncatedTo(ChronoUnit.MICROS);
    }
  }

  @DynamicPropertySource
  static void servers(DynamicPropertyRegistry registry) {
    Postgres.register(registry);
    registry.add("ISSUER_URL", () -> TestIssuer.URL);
    registry.add("JWKS_URL", ISSUER::jwksUrl);
    registry.add("FRAUD_URL", FRAUD::url);
  }

  /// As when fraud-service has told its whole list once.
  @BeforeEach
  public void theListOfBlockedAccountsIsComplete() {
    blockedAccount(BlockedAccountEvent.END_OF_LIST, false);
  }

  /// What the ledger has heard of an account: with a number above all it has heard before.
  protected static void blockedAccount(UUID account, boolean isBlocked) {
    superuser(
        """
        INSERT INTO blocked_account VALUES ('%s', %s, 1, now())
        ON CONFLICT (account_id) DO UPDATE SET is_blocked = excluded.is_blocked,
          sequence = blocked_account.sequence + 1
        """
            .formatted(account, isBlocked));
  }

  protected static void superuser(String sql) {
    try (Connection connection = Postgres.superuser("ledger");
        var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @BeforeEach
  void fraudIsWell() {
    FRAUD.become(FraudDouble.Mood.APPROVES);
    breakers.circuitBreaker("fraud").reset();
  }

  @AfterEach
  void theBooksAreRight() {
    var result = checks.run();
    assertThat(result.checks().stream().filter(check -> check.violations() > 0)).isEmpty();
    assertThat(result.counted().get("account")).isPositive();
  }

  /// An answer: status and parsed body.
  public record Answer(int status, String text, HttpResponse<String> response) {
    public JsonNode json() {
      return JSON.readTree(text);
    }

    public String code() {
      return json().path("code").asString("");
    }
  }

  protected static String alice() {
    return ISSUER.token("alice");
  }

  protected static String bob() {
    return ISSUER.token("bob");
  }

  protected static String operator() {
    return ISSUER.token("operator", "accounts:read transfers:write ledger:operate");
  }

  /// A new account of the owner with that much money on it.
  protected UUID account(String owner, long balanceMinor) {
    Answer opened =
        post(
            "/v1/accounts",
            operator(),
            UUID.randomUUID(),
            "{\"name\":\"Test\",\"currency\":\"EUR\",\"owner\":\"%s\"}".formatted(owner));
    assertThat(opened.status()).isEqualTo(201);
    UUID id = UUID.fromString(opened.json().get("id").asString());
    if (balanceMinor > 0) {
      assertThat(transfer(operator(), UUID.randomUUID(), EXTERNAL_EUR, id, balanceMinor).status())
          .isEqualTo(201);
    }
    return id;
  }

  protected Answer transfer(String token, UUID commandId, UUID debit, UUID credit, long minor) {
    return post("/v1/transfers", token, commandId, body(debit, credit, Long.toString(minor)));
  }

  protected static String body(UUID debit, UUID credit, String amountMinor) {
    return """
        {"debitAccountId":"%s","creditAccountId":"%s","amountMinor":%s,"currency":"EUR"}"""
        .formatted(debit, credit, amountMinor);
  }

  protected Answer post(String path, String token, UUID commandId, String body) {
    HttpRequest.Builder request =
        request(path, token)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body));
    if (commandId != null) {
      request.header("Command-Id", commandId.toString());
    }
    return send(request);
  }

  protected Answer get(String path, String token) {
    return send(request(path, token));
  }

  protected HttpRequest.Builder request(String path, String token) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(30))
            .header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    return request;
  }

  protected static Answer send(HttpRequest.Builder request) {
    try {
      HttpResponse<String> response =
          HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
      return new Answer(response.statusCode(), response.body(), response);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /// When accounts and their owners have a new allowance.
  protected Instant startOfNextHour() {
    long hourMillis = Duration.ofHours(1).toMillis();
    return Instant.ofEpochMilli((clock.instant().toEpochMilli() / hourMillis + 1) * hourMillis);
  }

  /// What alice's command of that name makes.
  protected static UUID transferOf(UUID command) {
    return transferOf("alice", command);
  }

  protected static UUID transferOf(String subject, UUID command) {
    return new Caller(TestIssuer.URL, subject, false).commandId(command);
  }

  protected long balanceMinor(UUID account) {
    return get("/v1/accounts/" + account, operator()).json().get("balanceMinor").asLong();
  }

  protected long heldMinor(UUID account) {
    return get("/v1/accounts/" + account, operator()).json().get("heldMinor").asLong();
  }

  protected String status(UUID transfer) {
    return get("/v1/transfers/" + transfer, operator()).json().get("status").asString();
  }

  /// A hold placed by a process that this one knows nothing of, as after its crash.
  protected UUID heldBySomebodyElse(UUID debit, UUID credit, long minor, Instant leaseUntil) {
    return heldBySomebodyElse("alice", debit, credit, minor, leaseUntil);
  }

  protected UUID heldBySomebodyElse(
      String initiator, UUID debit, UUID credit, long minor, Instant leaseUntil) {
    UUID command = UUID.randomUUID();
    HoldFunds hold =
        new HoldFunds(
            command,
            Fingerprint.of(List.of(command)),
            initiator,
            false,
            List.of(new Leg(debit, credit, minor)),
            "EUR",
            null,
            null,
            null,
            Map.of(),
            null,
            "somebody-else",
            Duration.between(clock.instant(), leaseUntil),
            Duration.ofMinutes(15));
    assertThat(journal.submit(hold, Duration.ofSeconds(10)))
        .isEqualTo(new HoldOutcome.Held(command, 1));
    return command;
  }

  /// A connection under one of the stack's own roles.
  protected static Connection as(String role) throws SQLException {
    return DriverManager.getConnection(
        Postgres.address().url("ledger"), role, role.replace('_', '-') + "-demo");
  }

  /// One value from the ledger's tables, read by the superuser.
  protected static <T> T value(Class<T> type, String sql, Object... parameters) {
    try (Connection connection = Postgres.superuser("ledger");
        var statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setObject(i + 1, parameters[i]);
      }
      try (var row = statement.executeQuery()) {
        assertThat(row.next()).as(sql).isTrue();
        return row.getObject(1, type);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /// A call during which the statement is executed whenever a new row of the table is committed.
  protected static Answer atCommitOf(String table, String statement, Callable<Answer> call)
      throws Exception {
    superuser(
        """
        CREATE FUNCTION planted() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN %s; RETURN NULL; END $$;
        CREATE CONSTRAINT TRIGGER planted AFTER INSERT ON %s
          DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION planted()
        """
            .formatted(statement, table));
    try {
      return call.call();
    } finally {
      superuser("DROP FUNCTION planted CASCADE");
    }
  }

  /// The plan of a query as it is carried out, which is printed too.
  protected static String explained(Statement statement, String query) throws SQLException {
    StringBuilder plan = new StringBuilder();
    try (ResultSet row =
        statement.executeQuery("EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) " + query)) {
      while (row.next()) {
        plan.append(row.getString(1)).append('\n');
      }
    }
    System.out.println(plan);
    return plan.toString();
  }
}
