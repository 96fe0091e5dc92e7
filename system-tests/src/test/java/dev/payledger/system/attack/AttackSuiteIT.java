package dev.payledger.system.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.payledger.stack.Service;
import dev.payledger.system.Stack;
import dev.payledger.testkit.OpenApi;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Every attack of the catalogue against the running stack, byte by byte. Each has one expected
/// answer, and whatever it is, it is a problem document that shows nothing of the inside;
/// afterwards nothing in the ledger is other than before.
class AttackSuiteIT extends Stack {
  private static final JsonMapper JSON = JsonMapper.shared();

  /// What no answer may show: code, SQL, the container, secrets.
  static final Pattern INSIDE =
      Pattern.compile(
          "Exception|\\bat (?:java|dev|org|com)\\.|dev\\.payledger\\.(?!dev)|org\\.|tomcat|spring|jackson|hibernate|postgres"
              + "|\\bSELECT \\b|\\bINSERT \\b|ledger_|-demo\\b|BEGIN [A-Z ]*KEY|<html",
          Pattern.CASE_INSENSITIVE);

  /// The server's name, a session, leave for pages of other sites: no answer has them.
  private static final List<String> NEVER =
      List.of("Server", "X-Powered-By", "Set-Cookie", "Access-Control-Allow-Origin");

  private static final int TOLD_MAX = 25;
  private static final Pattern VOLATILE =
      Pattern.compile("\"(?:traceId|instance|resume)\":\"[^\"]*\"");

  private Attacker attacker;
  private AttackFamily.Victims of;
  private OpenApi api;

  @BeforeEach
  void thereIsSomethingToAttack() throws Exception {
    attacker = new Attacker();
    of = victims(attacker);
    api = OpenApi.of(get("/v1/openapi.yaml", "alice").body());
  }

  @AfterEach
  void nobodyAsksTheAttackerAnyMore() {
    attacker.close();
  }

  @Test
  void eachGetsItsOneAnswerAndChangesNothing() throws IOException {
    List<Attack> attacks = AttackFamily.on(of);
    assertThat(attacks).hasSizeGreaterThan(1_000);
    String before = ledger();

    Map<Attack, List<String>> wrong = new LinkedHashMap<>();
    for (Attack attack : attacks) {
      RawHttp.Reply reply = RawHttp.send(gateway(), attack.request());
      List<String> faults = faults(attack, reply);
      if (!faults.isEmpty()) {
        wrong.put(attack, faults);
      }
    }

    if (!wrong.isEmpty()) {
      fail(told(wrong, attacks.size()));
    }
    assertThat(ledger()).isEqualTo(before);
    assertThat(attacker.timesAsked()).as("keys fetched from where a token says").isZero();
    assertThatNoLogHoldsATokenOf(attacks);
    System.out.println(attacks.size() + " attacks, each with its answer");
  }

  @Test
  void everyRouteWithAScopeIsAttacked() {
    assertThat(new AttacksOnRights(of).described())
        .containsExactlyInAnyOrderElementsOf(
            api.operations().stream()
                .filter(operation -> operation.node().path("security").path(0).has("oauth2"))
                .map(Object::toString)
                .toList());
  }

  /// Reads and commands; the same for every caller who has nothing to do with it.
  @Test
  void thingsOfOthersLookLikeMissingThings() throws IOException {
    for (String path :
        List.of(
            "/v1/accounts/%s",
            "/v1/accounts/%s/balance",
            "/v1/accounts/%s/holds",
            "/v1/accounts/%s/entries",
            "/v1/accounts/%s/statement?from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z",
            "/v1/accounts/%s/changes",
            "/v1/accounts/%s/feed",
            "/v1/transfers?accountId=%s")) {
      assertThat(seen(Attack.get(path.formatted(of.payer()))))
          .as(path)
          .isEqualTo(seen(Attack.get(path.formatted(AttackFamily.NOBODY))));
    }
    for (String path :
        List.of(
            "/v1/accounts/%s/freeze",
            "/v1/accounts/%s/unfreeze", "/v1/accounts/%s/close", "/v1/accounts/%s/reopen")) {
      assertThat(seen(Attack.post(path.formatted(of.payer())).key()))
          .as(path)
          .isEqualTo(seen(Attack.post(path.formatted(AttackFamily.NOBODY)).key()));
    }
    for (String part : List.of("", "/timeline", "/reversals")) {
      assertThat(seen(Attack.get("/v1/transfers/" + of.posted() + part)))
          .as(part)
          .isEqualTo(seen(Attack.get("/v1/transfers/" + AttackFamily.NOBODY + part)));
    }
    for (String action : List.of("/reversals", "/capture", "/void")) {
      String nobodys =
          seen(Attack.post("/v1/transfers/" + AttackFamily.NOBODY + action).key().json("{}"));
      for (String transfer : List.of(of.posted(), of.held())) {
        assertThat(seen(Attack.post("/v1/transfers/" + transfer + action).key().json("{}")))
            .as(action)
            .isEqualTo(nobodys);
      }
    }
    String stranger = of.stranger();
    assertThat(debit(of.payer(), stranger)).isEqualTo(debit(AttackFamily.NOBODY, stranger));
    String lookUp = "/v1/idempotency-keys?operation=create-transfer&key=";
    assertThat(seen(Attack.get(lookUp + of.usedKey())))
        .contains("200", "UNKNOWN")
        .isEqualTo(seen(Attack.get(lookUp + "never-used")));
  }

  /// Who is paid sees that; what it was for is between the payer and the ledger.
  @Test
  void payeeSeesOnlyHisPartOfTransfer() {
    Answer paid =
        settle(
            "/v1/transfers",
            "alice",
            key(),
            body(of.payer(), of.stranger(), 1)
                .replace("}", ",\"reference\":\"secret\",\"metadata\":{\"a\":\"secret\"}}"));
    String path = "/v1/transfers/" + paid.text("id");

    assertThat(get(path, "bob").json().propertyNames())
        .containsExactlyInAnyOrder(
            "id",
            "status",
            "debitAccountId",
            "creditAccountId",
            "amountMinor",
            "currency",
            "capturedMinor",
            "reversedMinor",
            "balances",
            "createdAt",
            "expiresAt");
    assertThat(get(path, "alice").json().propertyNames())
        .contains("reference", "metadata", "screening", "timeline");
    assertThat(get("/v1/transfers?accountId=" + of.stranger(), "bob").body())
        .contains(paid.text("id"))
        .doesNotContain("secret");
    assertThat(get("/v1/transfers?accountId=" + of.stranger() + "&reference=secret", "bob").body())
        .isEqualTo("{\"items\":[]}");
    Answer refused = transfer("alice", key(), of.payer(), of.stranger(), 900_000_000);
    String attempt = "/v1/transfers/" + refused.text("transferId");
    assertThat(get(attempt, "alice").text("rejection")).isEqualTo("insufficient-funds");
    assertThat(get(attempt, "bob").status()).isEqualTo(404);
    assertThat(get("/v1/accounts/" + of.stranger() + "/entries", "bob").body())
        .doesNotContain(of.payer());
    assertThat(get("/v1/accounts/" + of.stranger() + "/feed", "bob").body())
        .doesNotContain(of.payer());
  }

  @Test
  void textsAreKeptAsTheyCame() {
    for (String text : AttacksOnBodies.TEXTS) {
      String json = JSON.writeValueAsString(text);
      Answer made =
          settle(
              "/v1/transfers",
              "alice",
              key(),
              body(of.payer(), of.savings(), 1)
                  .replace(
                      "}", ",\"reference\":%s,\"metadata\":{\"a\":%s}}".formatted(json, json)));
      assertThat(made.status()).as(text).isEqualTo(201);
      JsonNode kept = get("/v1/transfers/" + made.text("id"), "alice").json();
      assertThat(kept.get("reference").asString()).isEqualTo(text);
      assertThat(kept.get("metadata").get("a").asString()).isEqualTo(text);
    }
  }

  /// On a connection that stays open, the body of a request that was refused is no second request.
  @Test
  void unreadBodyIsNoRequest() throws IOException {
    String inside = "GET /v1/operator/checks HTTP/1.1\r\nHost: gateway\r\n\r\n";
    String first =
        "POST /v1/transfers HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\n"
            + "Content-Length: %d\r\n\r\n%s".formatted(inside.length(), inside);
    String second = "GET /v1/nothing HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n\r\n";

    RawHttp.Reply reply =
        RawHttp.send(gateway(), (first + second).getBytes(StandardCharsets.ISO_8859_1));

    assertThat(reply.status()).isEqualTo(401);
    assertThat(reply.answers()).isEqualTo(2);
  }

  private String seen(Attack.Request request) throws IOException {
    RawHttp.Reply reply =
        RawHttp.send(gateway(), request.as(of.bob()).mustGet("", 0, null).request());
    Set<String> headers = new TreeSet<>(reply.headers().keySet());
    return reply.status() + " " + headers + " " + VOLATILE.matcher(reply.body()).replaceAll("");
  }

  private String debit(String account, String credit) throws IOException {
    return seen(
        Attack.post("/v1/transfers").key().json(AttackFamily.transfer(account, credit, "1")));
  }

  private List<String> faults(Attack attack, RawHttp.Reply reply) {
    List<String> faults = new ArrayList<>();
    if (reply.status() != attack.status()) {
      return List.of("%d %s".formatted(reply.status(), reply.body()));
    }
    if (reply.answers() != 1) {
      faults.add(reply.answers() + " answers to one request");
    }
    Matcher inside = INSIDE.matcher(reply.body());
    if (inside.find()) {
      faults.add("shows '%s' in %s".formatted(inside.group(), reply.body()));
    }
    faults.addAll(headerFaults(reply));
    if (attack.code() != null) {
      faults.addAll(problemFaults(attack.code(), reply));
    }
    return faults;
  }

  private static List<String> headerFaults(RawHttp.Reply reply) {
    List<String> faults = new ArrayList<>();
    NEVER.stream()
        .filter(name -> !reply.header(name).isEmpty())
        .forEach(name -> faults.add("has the header %s: %s".formatted(name, reply.header(name))));
    if (!reply.header("Cache-Control").contains("no-store")) {
      faults.add("may be kept: Cache-Control: " + reply.header("Cache-Control"));
    }
    if (!reply.header("X-Content-Type-Options").equals("nosniff")) {
      faults.add("may be taken for another type: no X-Content-Type-Options");
    }
    if (reply.status() == 405 && reply.header("Allow").isEmpty()) {
      faults.add("does not say what is allowed");
    }
    return faults;
  }

  private List<String> problemFaults(String code, RawHttp.Reply reply) {
    if (!reply.header("Content-Type").equals("application/problem+json")) {
      return List.of("is no problem document but " + reply.header("Content-Type"));
    }
    JsonNode problem;
    try {
      problem = JSON.readTree(reply.body());
    } catch (JacksonException e) {
      return List.of("is no JSON: " + reply.body());
    }
    List<String> faults = new ArrayList<>();
    if (reply.status() == 401 && !reply.header("WWW-Authenticate").startsWith("Bearer")) {
      faults.add("does not say how to authenticate");
    }
    if (!problem.path("code").asString("").equals(code)) {
      faults.add("%d %s".formatted(reply.status(), reply.body()));
    }
    if (problem.has("traceId")) {
      // Before a request is read there is no trace.
      faults.addAll(api.faults(api.reference("#/components/schemas/Problem"), problem));
    }
    return faults;
  }

  /// The first of them, how many there are of each number of the checklist, and where all are told.
  private static String told(Map<Attack, List<String>> wrong, int tried) throws IOException {
    List<String> lines =
        wrong.entrySet().stream()
            .map(
                each ->
                    "%s%n    sent     %s%n    expected %s%n    came     %s"
                        .formatted(
                            each.getKey().name(),
                            each.getKey().shown(),
                            each.getKey().expected(),
                            String.join("; ", each.getValue())))
            .toList();
    Path all = Path.of("target", "attacks-unanswered.txt");
    Files.write(all, lines);
    Map<String, Long> numbers =
        wrong.keySet().stream()
            .collect(
                Collectors.groupingBy(
                    attack -> attack.name().split(" ")[0],
                    LinkedHashMap::new,
                    Collectors.counting()));
    return "%d of %d attacks did not get their answer, by number %s; all of them are in %s%n%s"
        .formatted(
            wrong.size(),
            tried,
            numbers,
            all,
            lines.stream().limit(TOLD_MAX).collect(Collectors.joining("\n")));
  }

  /// All that money is made of. A refused transfer leaves a row that says so, and nothing else.
  private static String ledger() {
    return "accounts %d of version %d, holds %d, not open %d, entries %d"
        .formatted(
            number("ledger", "SELECT count(*) FROM account"),
            number("ledger", "SELECT sum(version) FROM account"),
            number("ledger", "SELECT count(*) FROM hold WHERE status = 'HELD'"),
            number("ledger", "SELECT count(*) FROM account WHERE status <> 'OPEN'"),
            number("ledger", "SELECT count(*) FROM journal_entry"));
  }

  private static void assertThatNoLogHoldsATokenOf(List<Attack> attacks) throws IOException {
    Set<String> tokens = new HashSet<>();
    for (Attack attack : attacks) {
      Matcher token =
          Pattern.compile("Bearer (\\S{40,})")
              .matcher(new String(attack.request(), StandardCharsets.ISO_8859_1));
      while (token.find()) {
        tokens.add(token.group(1));
      }
    }
    assertThat(tokens).hasSizeGreaterThan(20);
    for (Service service : Service.ours()) {
      String log = Files.readString(stack().log(service));
      assertThat(tokens.stream().filter(log::contains)).as(service.title()).isEmpty();
    }
  }

  private static AttackFamily.Victims victims(Attacker attacker) throws Exception {
    String payer = account("alice", 100_000);
    String savings = account("alice", 0);
    String stranger = account("bob", 100);
    String usedKey = key();
    Answer posted = settleTransfer("alice", usedKey, payer, savings, 100);
    Answer paid = settleTransfer("alice", key(), payer, stranger, 50);
    Answer held =
        settle(
            "/v1/transfers",
            "alice",
            key(),
            body(payer, savings, 100).replace("}", ",\"capture\":\"MANUAL\"}"));
    awaitFeed(payer, "alice", 3);
    return new AttackFamily.Victims(
        token("alice"),
        token("alice", "accounts:read"),
        token("alice", "transfers:write"),
        token("bob"),
        token("operator"),
        attacker.forged().all(),
        payer,
        savings,
        stranger,
        posted.text("id"),
        held.text("id"),
        paid.text("id"),
        usedKey,
        get("/v1/accounts?limit=1", "alice").text("next"),
        get("/v1/accounts/" + payer + "/feed?limit=1", "alice").text("next"));
  }

  private static URI gateway() {
    return stack().url(Service.GATEWAY);
  }
}
