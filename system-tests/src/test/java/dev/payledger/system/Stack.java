package dev.payledger.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.payledger.stack.LocalStack;
import dev.payledger.stack.Service;
import dev.payledger.stack.StackPorts;
import dev.payledger.stack.StackSecrets;
import dev.payledger.testkit.ProcessLogs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One running stack for all system tests, the calls that a customer would make of it, and the
/// question that ends every test: are the books right?
public class Stack {
  public static final String EXTERNAL_EUR = "e0000000-0000-7000-8000-000000000978";

  /// How long the stack may take to heal after a fault.
  public static final Duration SOON = Duration.ofSeconds(45);

  /// Shorter clocks than the demo's, so that the faults' ends come soon.
  public static final Map<String, String> LEDGER_CLOCKS =
      Map.of(
          "SAGA_LEASE_DURATION", "4s",
          "SAGA_RECOVERY_TIMEOUT", "3s",
          "SAGA_BACKOFF_MAX", "1s",
          "FRAUD_BREAKER_OPEN", "1s");

  public static final Map<String, String> GATEWAY_CLOCKS =
      Map.of(
          "DEADLINE_UNNAMED", "5s",
          // The lease is as long.
          "DEADLINE_MAX", "5s",
          "IDEMPOTENCY_WAIT_MAX", "2s");

  /// So much that nobody meets a limit of one caller, where something else is asked for: few tokens
  /// stand for many callers.
  public static final Map<String, String> NO_RATE_LIMITS =
      Map.of(
          "RATE_LIMIT_MONEY_PER_SECOND", "1000000",
          "RATE_LIMIT_MONEY_BURST", "1000000",
          "RATE_LIMIT_READS_PER_SECOND", "1000000",
          "RATE_LIMIT_READS_BURST", "1000000",
          "RATE_LIMIT_FEED_PER_SECOND", "1000000",
          "RATE_LIMIT_FEED_BURST", "1000000",
          "SHEDDING_CALLER_IN_FLIGHT_MAX", "511");

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final HttpClient HTTP =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
  private static final Map<String, String> TOKENS = new ConcurrentHashMap<>();
  private static LocalStack stack;

  /// The answer to a call; status 0 when there was none, and nobody knows what happened.
  public record Answer(int status, String body, boolean isReplayed) {
    public JsonNode json() {
      return JSON.readTree(body);
    }

    public String text(String property) {
      return json().path(property).asString("");
    }

    /// 201, or a business "no": the same for this key from now on.
    public boolean isFinal() {
      return status == 201 || status == 422;
    }
  }

  @BeforeEach
  protected void startStoppedServices() throws IOException {
    LocalStack running = stack();
    for (Service service : Service.values()) {
      running.start(service);
    }
    for (Service service : Service.values()) {
      running.awaitReady(service);
    }
  }

  @AfterEach
  protected void checkBooks() {
    await().atMost(SOON).until(() -> pendingTransfers() == 0);
    Answer checks = get("/v1/operator/checks", "operator");
    assertThat(checks.status()).isEqualTo(200);
    assertThat(checks.json().get("passed").asBoolean()).as(checks.body()).isTrue();
    assertThat(checks.json().get("counted").get("journal_entry").asLong()).isPositive();
  }

  public static synchronized LocalStack stack() {
    if (stack == null) {
      Path work = Path.of("target", "stack-" + ProcessHandle.current().pid());
      ProcessLogs.watch(work);
      LocalStack starting =
          new LocalStack(
                  work,
                  Path.of("..").toAbsolutePath().normalize(),
                  new StackPorts(12_000),
                  System.out::println)
              .with(Service.LEDGER, LEDGER_CLOCKS)
              .with(Service.GATEWAY, GATEWAY_CLOCKS);
      Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> close(starting)));
      stack = starting;
      try {
        starting.startAll();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return stack;
  }

  /// For a second gateway and a second ledger-service on the first ones' servers; none of them runs
  /// yet.
  public static LocalStack besideTheFirst() {
    LocalStack first = stack();
    Path work = Path.of("target", "second-" + ProcessHandle.current().pid());
    ProcessLogs.watch(work);
    LocalStack second =
        new LocalStack(
                work,
                Path.of("..").toAbsolutePath().normalize(),
                new StackPorts(first.ports().offset() + 250),
                System.out::println)
            .with(Service.LEDGER, LEDGER_CLOCKS)
            .with(Service.GATEWAY, GATEWAY_CLOCKS);
    Map<String, String> firstOnes =
        Map.of(
            "POSTGRES_PORT", Integer.toString(first.ports().of(Service.POSTGRES)),
            "KAFKA_BOOTSTRAP_SERVERS", first.kafkaBootstrapServers(),
            "LEDGER_URL", first.url(Service.LEDGER).toString(),
            "FRAUD_URL", first.url(Service.FRAUD).toString(),
            "NOTIFY_EU_URL", first.url(Service.NOTIFY_EU).toString(),
            // One issuer, whose keys are in the database: either gateway tells them.
            "ISSUER_URL", first.url(Service.GATEWAY).toString(),
            "JWKS_URL", second.url(Service.GATEWAY).resolve("/oauth2/jwks").toString());
    for (Service service : List.of(Service.LEDGER, Service.GATEWAY)) {
      second.with(service, firstOnes);
      second.with(service, secrets().of(service));
    }
    return second;
  }

  public static StackSecrets secrets() {
    try {
      return stack().secrets();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A password or key of the stack, by the name of its variable.
  public static String secret(String name) {
    return secrets().value(name);
  }

  public static void liftRateLimits() throws IOException {
    stack().with(Service.GATEWAY, NO_RATE_LIMITS);
    restartGateway();
  }

  public static void restoreRateLimits() throws IOException {
    stack().without(Service.GATEWAY, NO_RATE_LIMITS.keySet());
    restartGateway();
  }

  private static void restartGateway() throws IOException {
    stack().stop(Service.GATEWAY);
    for (Service service : Service.values()) {
      stack().start(service);
    }
    Service.ours().forEach(stack()::awaitReady);
  }

  private static void close(LocalStack stack) {
    try {
      stack.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A new EUR account of the owner, with that much money on it.
  public static String account(String owner, long balanceMinor) {
    Answer opened =
        settle(
            "/v1/accounts",
            "operator",
            key(),
            "{\"name\":\"System test\",\"currency\":\"EUR\",\"owner\":\"%s\"}".formatted(owner));
    assertThat(opened.status()).as(opened.body()).isEqualTo(201);
    String id = opened.text("id");
    if (balanceMinor > 0) {
      assertThat(settleTransfer("operator", key(), EXTERNAL_EUR, id, balanceMinor).status())
          .isEqualTo(201);
    }
    return id;
  }

  public static String key() {
    return UUID.randomUUID().toString();
  }

  public static String body(String debit, String credit, long amountMinor) {
    return """
        {"debitAccountId":"%s","creditAccountId":"%s","amountMinor":%d,"currency":"EUR"}"""
        .formatted(debit, credit, amountMinor);
  }

  /// One call, once.
  public static Answer transfer(
      String who, String key, String debit, String credit, long amountMinor) {
    return post("/v1/transfers", who, key, body(debit, credit, amountMinor));
  }

  /// What a careful client does: the same request with the same key, until the answer is final.
  public static Answer settleTransfer(
      String who, String key, String debit, String credit, long amountMinor) {
    return settle("/v1/transfers", who, key, body(debit, credit, amountMinor));
  }

  public static Answer settle(String path, String who, String key, String body) {
    return await()
        .atMost(SOON)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(200))
        .until(() -> post(path, who, key, body), Answer::isFinal);
  }

  public static Answer post(String path, String who, String key, String body) {
    return post(stack().url(Service.GATEWAY), path, who, key, body);
  }

  /// At another gateway than the first one.
  public static Answer post(URI gateway, String path, String who, String key, String body) {
    return send(
        request(gateway, path, who)
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", key)
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  /// The same by a caller who waits that long.
  public static Answer post(String path, String who, String key, String body, Duration time) {
    return send(
        request(stack().url(Service.GATEWAY), path, who)
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", key)
            .header("Request-Timeout-Ms", Long.toString(time.toMillis()))
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  public static Answer get(String path, String who) {
    return send(request(stack().url(Service.GATEWAY), path, who));
  }

  private static HttpRequest.Builder request(URI gateway, String path, String who) {
    return HttpRequest.newBuilder(gateway.resolve(path))
        .timeout(Duration.ofSeconds(15))
        .header("Authorization", "Bearer " + bearer(gateway, who));
  }

  /// fraud-service lets in who brings its credential, and no customer.
  private static String bearer(URI service, String who) {
    return service.equals(stack().url(Service.FRAUD)) ? secret("FRAUD_CREDENTIAL") : token(who);
  }

  public static Answer send(HttpRequest.Builder request) {
    try {
      HttpResponse<String> response =
          HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
      return new Answer(
          response.statusCode(),
          response.body(),
          response.headers().firstValue("Idempotency-Replayed").isPresent());
    } catch (IOException e) {
      return new Answer(0, String.valueOf(e), false);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /// With all the scopes that the client has.
  public static String token(String client) {
    return token(client, "");
  }

  /// With this scope and no other.
  public static String token(String client, String scope) {
    return TOKENS.computeIfAbsent(client + " " + scope, _ -> newToken(client, scope));
  }

  private static String newToken(String client, String scope) {
    String basic =
        Base64.getEncoder()
            .encodeToString((client + ":" + secretOf(client)).getBytes(StandardCharsets.UTF_8));
    String form =
        "grant_type=client_credentials"
            + (scope.isEmpty() ? "" : "&scope=" + URLEncoder.encode(scope, StandardCharsets.UTF_8));
    Answer answer =
        send(
            HttpRequest.newBuilder(stack().url(Service.GATEWAY).resolve("/oauth2/token"))
                .header("Authorization", "Basic " + basic)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form)));
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.text("access_token");
  }

  private static String secretOf(String client) {
    return client.equals("operator") ? secret("OPERATOR_SECRET") : client + "-demo";
  }

  public static JsonNode account(String id) {
    return get("/v1/accounts/" + id, "operator").json();
  }

  public static long balanceMinor(String id) {
    return account(id).get("balanceMinor").asLong();
  }

  /// The account's feed from the first item on, as its owner sees it.
  public static List<JsonNode> feed(String id, String owner) {
    List<JsonNode> items = new ArrayList<>();
    String next = "";
    do {
      Answer page = get("/v1/accounts/" + id + "/feed?limit=200" + next, owner);
      if (page.status() != 200) {
        return items;
      }
      page.json().get("items").forEach(items::add);
      next = page.json().has("next") ? "&cursor=" + page.text("next") : null;
    } while (next != null);
    return items;
  }

  /// Waits for so many items and asserts that they count from one without gap or repeat, and that
  /// the last one shows the ledger's own balance.
  public static void awaitFeed(String id, String owner, int items) {
    await().atMost(SOON).until(() -> feed(id, owner).size() >= items);
    List<JsonNode> feed = feed(id, owner);
    assertThat(feed).hasSize(items);
    Set<String> entries = new HashSet<>();
    for (int i = 0; i < items; i++) {
      assertThat(feed.get(i).get("sequence").asLong()).isEqualTo(i + 1);
      assertThat(entries.add(feed.get(i).get("entryId").asString())).isTrue();
    }
    assertThat(feed.getLast().get("balanceMinor").asLong()).isEqualTo(balanceMinor(id));
  }

  public static void awaitOpenedInFeed(String id, String owner) {
    String path = "/v1/accounts/" + id + "/feed";
    await().atMost(SOON).until(() -> get(path, owner).json().path("known").asBoolean());
  }

  /// One number from a database, past the services.
  public static long number(String database, String sql, Object... parameters) {
    return read(database, sql, row -> row.getLong(1), parameters);
  }

  /// One text from a database, past the services.
  public static String text(String database, String sql, Object... parameters) {
    return read(database, sql, row -> row.getString(1), parameters);
  }

  private interface Column<T> {
    T of(ResultSet row) throws SQLException;
  }

  private static <T> T read(String database, String sql, Column<T> column, Object... parameters) {
    try (Connection connection = stack().postgres().superuser(database);
        var statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setObject(i + 1, parameters[i]);
      }
      try (var row = statement.executeQuery()) {
        assertThat(row.next()).isTrue();
        return column.of(row);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Whether the process got a signal to stop and no signal to continue.
  public static boolean isFrozen(ProcessHandle process) throws IOException {
    return Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"))
        .contains(") T ");
  }

  public static long pendingTransfers() {
    return number("ledger", "SELECT count(*) FROM transfer WHERE status = 'PENDING'");
  }

  /// Each takes repeated calls of fraud-service from the budget until it has arrived.
  public static long owedReleases() {
    return number("ledger", "SELECT count(*) FROM screening_release WHERE released_at IS NULL");
  }

  public static long transfersOn(String debitAccount) {
    return number(
        "ledger",
        "SELECT count(*) FROM transfer WHERE debit_account_id = ?",
        UUID.fromString(debitAccount));
  }

  public static String metrics(Service service) {
    return send(HttpRequest.newBuilder(
            URI.create(stack().managementUrl(service) + "/actuator/prometheus")))
        .body();
  }
}
