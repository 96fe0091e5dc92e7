package dev.payledger.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.local.Service;
import dev.payledger.testkit.OpenApi;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Every attack of the catalogue against the running stack, byte by byte. Each has one expected answer,
/// and whatever it is, it is a problem document that shows nothing of the inside; afterwards nothing in
/// the ledger is other than before.
class AttackSuiteIT extends Stack {
  private static final JsonMapper JSON = JsonMapper.shared();

  /// What no answer may show: code, SQL, the container, secrets.
  static final Pattern INSIDE =
      Pattern.compile(
          "Exception|\\bat (?:java|dev|org|com)\\.|dev\\.payledger\\.(?!dev)|org\\.|tomcat|spring|jackson|hibernate|postgres"
              + "|\\bSELECT \\b|\\bINSERT \\b|ledger_|-demo\\b|BEGIN [A-Z ]*KEY|<html",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern VOLATILE = Pattern.compile("\"(?:traceId|instance)\":\"[^\"]*\"");

  @Test
  void eachGetsItsOneAnswerAndChangesNothing() throws IOException {
    AttackFamily.Victims victims = victims();
    List<Attack> attacks = AttackFamily.on(victims);
    assertThat(attacks).hasSizeGreaterThan(400);
    OpenApi api = OpenApi.of(get("/v1/openapi.yaml", "alice").body());
    String before = ledger();

    List<String> wrong = new ArrayList<>();
    int made = 0;
    for (Attack attack : attacks) {
      RawHttp.Reply reply = RawHttp.send(gateway(), attack.request());
      faults(attack, reply, api).forEach(fault -> wrong.add(attack.name() + ": " + fault));
      made += reply.status() == 201 ? 1 : 0;
    }

    assertThat(wrong).as(wrong.size() + " of " + attacks.size()).isEmpty();
    assertThat(made).as("texts that were kept").isPositive();
    assertThat(ledger()).as("but for those").isEqualTo(before);
    System.out.println(attacks.size() + " attacks, each with its answer");
  }

  @Test
  void whatIsNotYoursLooksLikeWhatIsNotThere() throws IOException {
    AttackFamily.Victims victims = victims();
    String nobody = "00000000-0000-7000-8000-00000000dead";
    for (String path :
        List.of(
            "/v1/accounts/%s",
            "/v1/accounts/%s/balance",
            "/v1/accounts/%s/entries",
            "/v1/accounts/%s/feed",
            "/v1/transfers?accountId=%s")) {
      assertThat(seen(path.formatted(victims.payer()), victims.bob()))
          .as(path)
          .isEqualTo(seen(path.formatted(nobody), victims.bob()));
    }
    assertThat(seen("/v1/transfers/" + victims.posted(), victims.bob()))
        .isEqualTo(seen("/v1/transfers/" + nobody, victims.bob()));
  }

  private static String seen(String path, String token) throws IOException {
    RawHttp.Reply reply =
        RawHttp.send(
            gateway(), Attack.get(path).as(token).mustGet(path, 404, "not-found").request());
    Set<String> headers = new TreeSet<>(reply.headers().keySet());
    return reply.status() + " " + headers + " " + VOLATILE.matcher(reply.body()).replaceAll("");
  }

  private static List<String> faults(Attack attack, RawHttp.Reply reply, OpenApi api) {
    List<String> faults = new ArrayList<>();
    if (reply.status() != attack.status()) {
      faults.add("%d instead of %d: %s".formatted(reply.status(), attack.status(), reply.body()));
      return faults;
    }
    if (reply.answers() != 1) {
      faults.add(reply.answers() + " answers to one request");
    }
    Matcher inside = INSIDE.matcher(reply.body());
    if (inside.find()) {
      faults.add("shows '%s' in %s".formatted(inside.group(), reply.body()));
    }
    if (attack.code() != null) {
      faults.addAll(problemFaults(attack.code(), reply, api));
    }
    return faults;
  }

  private static List<String> problemFaults(
      @Nullable String code, RawHttp.Reply reply, OpenApi api) {
    if (!reply.header("Content-Type").equals("application/problem+json")) {
      return List.of("not a problem document but " + reply.header("Content-Type"));
    }
    JsonNode problem;
    try {
      problem = JSON.readTree(reply.body());
    } catch (JacksonException e) {
      return List.of("not JSON: " + reply.body());
    }
    List<String> faults = new ArrayList<>();
    if (!problem.path("code").asString("").equals(code)) {
      faults.add("the code of %s is not %s".formatted(reply.body(), code));
    }
    if (problem.has("traceId")) {
      // Before a request is read there is no trace.
      faults.addAll(api.faults(api.reference("#/components/schemas/Problem"), problem));
    }
    return faults;
  }

  /// All that money is made of; the transfers that the texts come with are between alice's own accounts.
  private static String ledger() {
    return "accounts %d, holds %d, frozen %d, other transfers %d"
        .formatted(
            number("ledger", "SELECT count(*) FROM account"),
            number("ledger", "SELECT count(*) FROM hold WHERE status = 'HELD'"),
            number("ledger", "SELECT count(*) FROM account WHERE status <> 'OPEN'"),
            number(
                "ledger",
                "SELECT count(*) FROM transfer WHERE status = 'POSTED' AND reference IS NULL"));
  }

  private static AttackFamily.Victims victims() throws IOException {
    String payer = account("alice", 100_000);
    String savings = account("alice", 0);
    Answer posted = settleTransfer("alice", key(), payer, savings, 100);
    Answer held =
        settle(
            "/v1/transfers",
            "alice",
            key(),
            body(payer, savings, 100).replace("}", ",\"capture\":\"MANUAL\"}"));
    return new AttackFamily.Victims(
        token("alice"),
        tokenFor("accounts:read"),
        tokenFor("transfers:write"),
        token("bob"),
        token("operator"),
        payer,
        savings,
        account("bob", 100),
        posted.text("id"),
        held.text("id"));
  }

  /// One of alice's, with this scope and no other.
  private static String tokenFor(String scope) throws IOException {
    String basic =
        Base64.getEncoder().encodeToString("alice:alice-demo".getBytes(StandardCharsets.UTF_8));
    Attack request =
        Attack.post("/oauth2/token")
            .header("Authorization: Basic " + basic)
            .header("Content-Type: application/x-www-form-urlencoded")
            .body(
                ("grant_type=client_credentials&scope=" + scope.replace(":", "%3A"))
                    .getBytes(StandardCharsets.UTF_8))
            .mustGet("a token", 200, null);
    return JSON.readTree(RawHttp.send(gateway(), request.request()).body())
        .get("access_token")
        .asString();
  }

  private static URI gateway() {
    return URI.create(stack().url(Service.GATEWAY).toString());
  }
}
