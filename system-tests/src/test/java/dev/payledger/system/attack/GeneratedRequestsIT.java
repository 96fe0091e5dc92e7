package dev.payledger.system.attack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.stack.Service;
import dev.payledger.system.Stack;
import dev.payledger.testkit.OpenApi;
import dev.payledger.testkit.OpenApi.Operation;
import dev.payledger.testkit.Seed;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Requests made up from the API's own description, right ones and ones that are a little off, by
/// several callers, some under keys that were used before. Nobody wrote down their answers; these
/// are the laws that each answer keeps. `-Drequests=` makes more of them, `-Dseed=` the same ones.
class GeneratedRequestsIT extends Stack {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int REQUESTS = Integer.getInteger("requests", 5_000);
  private static final int ANSWER_CHARACTERS_MAX = 256 * 1024;

  /// Ids with a special form, and one in another spelling.
  private static final List<String> SPECIAL_IDS =
      List.of(
          "00000000-0000-0000-0000-000000000000",
          "ffffffff-ffff-ffff-ffff-ffffffffffff",
          "80000000-0000-0000-8000-000000000000",
          "E0000000-0000-7000-8000-000000000978");

  private static final List<String> CONTENT_TYPES =
      List.of(
          "application/json",
          "application/json",
          "application/json; charset=utf-16",
          "application/*",
          "*/*",
          "nonsense",
          "application/x-www-form-urlencoded",
          "multipart/form-data; boundary=x",
          "text/plain");

  private static final List<String> FORMS =
      List.of("=", "%", "%ff", "a=%00", "a&a", "a=1&a=2", "scope", "grant_type=x");

  private static final String FEED = "GET /v1/accounts/{id}/feed";

  private static final List<String> FRAUD_OPERATIONS =
      List.of(
          "PUT /assessments/{id}",
          "DELETE /assessments/{id}",
          "GET /reviews",
          "GET /reviews/{id}",
          "POST /reviews/{id}",
          "GET /blocked-accounts",
          "GET /blocked-accounts/{id}",
          "PUT /blocked-accounts/{id}",
          "GET /nothing");

  private static final Map<String, String> FRAUD_BODIES =
      Map.of(
          "PUT /assessments/{id}",
          """
          {"currency": "EUR", "operatorInitiated": false,
           "legs": [{"debitAccountId": "%s", "creditAccountId": "%s", "amountMinor": 1}]}
          """,
          "POST /reviews/{id}",
          """
          {"decision": "CLEARED", "note": "none", "decidedBy": "operator"}
          """,
          "PUT /blocked-accounts/{id}",
          """
          {"isBlocked": false, "reason": "none", "changedBy": "operator"}
          """);

  private static final String NOBODY = "00000000-0000-7000-8000-00000000dead";

  private OpenApi api;
  private GeneratedRequest generated;
  private List<String> accounts;
  private List<String> transfers;
  private final List<Sent> sent = new ArrayList<>();
  private final List<String> broken = new ArrayList<>();
  private final TreeMap<Integer, Integer> statuses = new TreeMap<>();
  private int longest;

  /// A request that had a key, and what it was answered.
  private record Sent(byte[] request, int status, String body) {}

  /// @param isRight whether all of it is as the description wants it
  private record Made(Operation operation, byte[] request, boolean isKeyed, boolean isRight) {}

  @BeforeEach
  void thereIsSomethingToAskFor() {
    api = OpenApi.of(get("/v1/openapi.yaml", "alice").body());
    accounts = List.of(account("alice", 1_000_000), account("alice", 0), account("bob", 1_000_000));
    Answer posted = settleTransfer("alice", key(), accounts.get(0), accounts.get(2), 100);
    Answer held =
        settle(
            "/v1/transfers",
            "alice",
            key(),
            body(accounts.get(0), accounts.get(2), 100_000)
                .replace("}", ",\"capture\":\"MANUAL\"}"));
    transfers = with(SPECIAL_IDS, posted.text("id"), held.text("id"), NOBODY);
    generated =
        new GeneratedRequest(
            Seed.next().random(),
            with(SPECIAL_IDS.subList(0, 1), accounts.toArray(String[]::new)),
            api::resolved);
  }

  @Test
  void everyAnswerKeepsTheLaws() throws IOException {
    List<Operation> operations =
        api.operations().stream().filter(o -> !o.path().startsWith("/oauth2")).toList();
    for (int i = 0; i < REQUESTS && broken.size() < 20; i++) {
      if (!sent.isEmpty() && generated.isOneIn(10)) {
        again(generated.oneOf(sent));
      } else if (generated.isOneIn(50)) {
        tokenForNobody();
      } else {
        once(made(generated.oneOf(operations)));
      }
    }
    System.out.println(figures("the gateway", REQUESTS));
    assertThat(broken).isEmpty();
    assertThat(statuses.keySet()).contains(200, 201, 400, 401, 403, 404, 422);
  }

  /// Requests that bypass the gateway: most with a credential, many with what no HTTP client sends.
  @ParameterizedTest
  @EnumSource(names = {"LEDGER", "NOTIFY_EU", "FRAUD", "RELAY"})
  void servicePortsAnswerHostileRequestsWithProblems(Service service) throws IOException {
    List<String> operations =
        switch (service) {
          case FRAUD -> FRAUD_OPERATIONS;
          case NOTIFY_EU -> List.of(FEED, FEED, "GET /v1/accounts", "POST /v1/transfers");
          default -> api.operations().stream().map(Operation::toString).toList();
        };
    for (int i = 0; i < REQUESTS / 4 && broken.size() < 20; i++) {
      boolean isHostile = generated.isOneIn(3);
      byte[] request = past(service, generated.oneOf(operations), isHostile);
      RawHttp.Reply reply = send(service, request);
      String what = text(request) + " → " + reply.status() + " " + reply.body();
      if (reply.status() >= 500 && reply.status() != 503
          || isHostile && reply.status() < 400
          || reply.body().length() > ANSWER_CHARACTERS_MAX
          || reply.status() >= 400 && !reply.header("Content-Type").contains("problem+json")
          || AttackSuiteIT.INSIDE.matcher(reply.body()).find()) {
        broken.add(what);
      }
    }
    System.out.println(figures(service.title(), REQUESTS / 4));
    assertThat(broken).isEmpty();
    assertThat(statuses.keySet())
        .containsAll(
            switch (service) {
              case RELAY -> List.of(404);
              case LEDGER -> List.of(200, 400, 422);
              default -> List.of(200, 400);
            });
  }

  private byte[] past(Service service, String operation, boolean isHostile) {
    String[] methodAndPath = operation.split(" ");
    String path = methodAndPath[1];
    // The last one is where all money comes from: an operator who freezes it stops the other tests.
    List<String> special = methodAndPath[0].equals("GET") ? SPECIAL_IDS : SPECIAL_IDS.subList(0, 3);
    List<String> ids = path.contains("transfer") ? transfers : with(special, accounts.get(0));
    String query = isHostile ? "?" + generated.oneOf(HostileQuery.ALL) : "";
    Attack.Request request =
        Attack.request(methodAndPath[0], path.replace("{id}", generated.oneOf(ids)) + query);
    if (!generated.isOneIn(10)) {
      request.as(
          service == Service.FRAUD
              ? secret("FRAUD_CREDENTIAL")
              : token(generated.oneOf(List.of("alice", "bob", "operator"))));
    }
    if (!methodAndPath[0].equals("GET") && !generated.isOneIn(10)) {
      request.header(
          "Command-Id: " + (generated.isOneIn(4) ? generated.oneOf(SPECIAL_IDS) : key()));
      if (generated.isOneIn(2)) {
        request.json(body(operation).toString());
      } else {
        JsonNode changed = generated.changed(generated.isOneIn(2) ? body(operation) : anyBody());
        String text = generated.isOneIn(3) ? generated.oneOf(FORMS) : changed.toString();
        request
            .header("Content-Type: " + generated.oneOf(CONTENT_TYPES))
            .body(text.getBytes(StandardCharsets.UTF_8));
      }
    }
    return request.mustGet("generated", 0, null).request();
  }

  /// A body that the operation takes.
  private JsonNode body(String operation) {
    String fraud = FRAUD_BODIES.get(operation);
    if (fraud != null) {
      return JSON.readTree(fraud.formatted(generated.oneOf(accounts), generated.oneOf(accounts)));
    }
    return api.operations().stream()
        .filter(each -> each.toString().equals(operation))
        .map(GeneratedRequestsIT::schema)
        .filter(schema -> !schema.isMissingNode())
        .findFirst()
        .map(generated::fitting)
        .orElseGet(JSON::createObjectNode);
  }

  private static JsonNode schema(Operation operation) {
    return operation.node().at("/requestBody/content/application~1json/schema");
  }

  /// A body that some operation takes.
  private JsonNode anyBody() {
    return body(generated.oneOf(api.operations()).toString());
  }

  /// Without a credential: whatever is sent is refused.
  private void tokenForNobody() throws IOException {
    byte[] request =
        Attack.post("/oauth2/token")
            .header("Content-Type: " + generated.oneOf(CONTENT_TYPES))
            .body(generated.oneOf(FORMS).getBytes(StandardCharsets.UTF_8))
            .mustGet("generated", 0, null)
            .request();
    RawHttp.Reply reply = send(request);
    boolean isRefused = isRefused(reply.status()) || reply.status() == 503;
    boolean isLimit = reply.status() == 429 || reply.status() == 503;
    if (!isRefused || !isLimit && !reply.body().matches("\\{\"error\":\"[a-z_]+\"}")) {
      broken.add(text(request) + " → " + reply.status() + " " + reply.body());
    }
  }

  private String figures(String where, int requests) {
    return "%,d generated requests at %s: %s, the longest answer has %,d characters"
        .formatted(requests, where, statuses, longest);
  }

  private static List<String> with(List<String> some, String... more) {
    return Stream.concat(some.stream(), Arrays.stream(more)).toList();
  }

  private void once(Made made) throws IOException {
    boolean isDryRun = made.operation.path().endsWith("/dry-run");
    // Whether a refusal changed something is looked at now and then: it takes longer than the
    // request.
    String before = generated.isOneIn(isDryRun ? 4 : 20) ? rows() : null;
    RawHttp.Reply reply = send(made.request);
    judge(made, reply);
    boolean changesNothing = isDryRun || isRefused(reply.status());
    if (before != null && changesNothing && !before.equals(rows())) {
      broken.add("a " + reply.status() + " changed the ledger: " + text(made.request));
    }
    if (made.isKeyed && !isDryRun && (reply.status() == 201 || reply.status() == 422)) {
      sent.add(new Sent(made.request, reply.status(), reply.body()));
    }
  }

  private void again(Sent first) throws IOException {
    RawHttp.Reply reply = send(first.request);
    if (reply.status() != 429
        && (reply.status() != first.status || !reply.body().equals(first.body))) {
      broken.add(
          "the same request and key: first %d %s, then %d %s"
              .formatted(first.status, first.body, reply.status(), reply.body()));
    }
  }

  private RawHttp.Reply send(byte[] request) throws IOException {
    return send(Service.GATEWAY, request);
  }

  private RawHttp.Reply send(Service service, byte[] request) throws IOException {
    RawHttp.Reply reply = RawHttp.send(stack().url(service), request);
    statuses.merge(reply.status(), 1, Integer::sum);
    longest = Math.max(longest, reply.body().length());
    return reply;
  }

  private void judge(Made made, RawHttp.Reply reply) {
    String what = made.operation + " → " + reply.status() + " " + reply.body();
    if (reply.status() >= 500 && reply.status() != 503) {
      broken.add(what + " to " + text(made.request));
      return;
    }
    if (reply.body().length() > ANSWER_CHARACTERS_MAX) {
      broken.add("longer than 256 KB: " + made.operation);
    }
    boolean isTheDescription = reply.header("Content-Type").contains("yaml");
    if (!isTheDescription && AttackSuiteIT.INSIDE.matcher(reply.body()).find()) {
      broken.add("shows the inside: " + what);
    }
    boolean isCommand = !made.operation.method().equals("GET");
    boolean isAccepted = reply.status() < 300 || reply.status() == 422;
    if (made.isRight && reply.status() == 400
        || !made.isRight && (isAccepted || isCommand && reply.status() == 404)) {
      broken.add((made.isRight ? "right" : "wrong") + ": " + what + " to " + text(made.request));
    }
    JsonNode content = api.content(made.operation, reply.status());
    String mediaType = reply.header("Content-Type").replaceAll(";.*", "");
    if (content == null || !content.has(mediaType)) {
      broken.add("not described: " + what);
    } else if (mediaType.endsWith("json")) {
      api.faults(content.get(mediaType).get("schema"), JSON.readTree(reply.body()))
          .forEach(fault -> broken.add(what + ": " + fault));
    }
  }

  private Made made(Operation operation) {
    String path =
        operation
            .path()
            .replace(
                "{id}",
                generated.oneOf(operation.path().contains("transfers") ? transfers : accounts));
    boolean isRight = true;
    StringBuilder query = new StringBuilder();
    boolean isKeyed = false;
    @Nullable String key = null;
    for (JsonNode parameter : api.parameters(operation)) {
      boolean isRequired = parameter.path("required").asBoolean(false);
      String name = parameter.get("name").asString();
      switch (parameter.get("in").asString()) {
        case "header" -> {
          isKeyed = isRequired || generated.isOneIn(2);
          key = isKeyed ? key() : null;
          if (generated.isOneIn(20)) {
            key = generated.oneOf(List.of("a, b", "k".repeat(256), "\"open"));
            isRight = false;
          }
        }
        case "query" -> {
          // A cursor is somebody's answer, and waiting is not what this test is about.
          if (!name.equals("cursor")
              && !name.equals("asOf")
              && (isRequired || generated.isOneIn(3))) {
            // These take nearly any text.
            boolean isWrong =
                !Set.of("key", "reference", "owner").contains(name) && generated.isOneIn(6);
            String value =
                isWrong
                    ? generated.oneOf(List.of("-1", "x%27", "99999999999999999999"))
                    : name.equals("waitMs")
                        ? "1"
                        : name.equals("limit")
                            ? "7"
                            : generated.fitting(parameter.get("schema")).asString();
            query
                .append(query.isEmpty() ? '?' : '&')
                .append(name)
                .append('=')
                .append(encoded(value));
            isRight &= !isWrong;
          }
        }
        default -> {}
      }
    }
    if (generated.isOneIn(10)) {
      query.append(query.isEmpty() ? '?' : '&').append(generated.oneOf(HostileQuery.ALL));
      isRight = false;
    }
    Attack.Request request = Attack.request(operation.method(), path + query);
    if (key != null) {
      request.header("Idempotency-Key: " + key);
    }
    JsonNode schema = schema(operation);
    if (!schema.isMissingNode()) {
      JsonNode body = generated.fitting(schema);
      for (int changes = generated.isOneIn(2) ? 1 : 0; changes > 0; changes--) {
        body = generated.changed(body);
      }
      isRight &= api.faults(schema, body).isEmpty();
      request.json(body.toString());
    }
    String who =
        operation.path().contains("operator") || generated.isOneIn(4)
            ? "operator"
            : generated.oneOf(List.of("alice", "bob"));
    if (generated.isOneIn(25)) {
      who = "";
    }
    if (!who.isEmpty()) {
      request.as(token(who));
    }
    return new Made(
        operation,
        request.mustGet("generated", 0, null).request(),
        isKeyed && isRight && !who.isEmpty(),
        isRight);
  }

  private static String encoded(String value) {
    return value.startsWith("x%") ? value : URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  private static boolean isRefused(int status) {
    return status >= 400 && status < 500 && status != 422;
  }

  /// Of what a request can add to, or change.
  private static String rows() {
    return "%d %d %d %d"
        .formatted(
            number("ledger", "SELECT count(*) + sum(version) FROM account"),
            number("ledger", "SELECT count(*) FROM command"),
            number("ledger", "SELECT count(*) + sum(event_count) FROM transfer"),
            number("ledger", "SELECT count(*) FROM journal_entry"));
  }

  private static String text(byte[] request) {
    return new String(request, StandardCharsets.UTF_8).replaceAll("Bearer [^\r]*", "Bearer …");
  }
}
