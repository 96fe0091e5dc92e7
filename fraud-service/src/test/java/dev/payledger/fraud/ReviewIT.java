package dev.payledger.fraud;

import static dev.payledger.fraud.LedgerEvents.posted;
import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.fraud.LedgerEvents.Told;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What passed unscreened is assessed afterwards and listed until somebody decides.
class ReviewIT extends HearingServer {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String CLEARED =
      "{\"decision\":\"CLEARED\",\"note\":\"Rent, as every month.\",\"decidedBy\":\"erin\"}";

  @Autowired MeterRegistry meters;

  @Test
  void transferThatPassedUnscreenedIsAssessedAfterwardsAndListed() {
    Told told = posted(alice, bob, 700).screened("SKIPPED");

    ledger.say(told);
    awaitAllHeard();

    assertThat(review(told).body())
        .isEqualTo(
            """
            {"transferId":"%s","status":"OPEN","currency":"USD","amountMinor":700,\
            "passedAt":"2026-01-02T03:04:05.678901Z","verdict":"APPROVED","score":0,"rules":[],\
            "legs":[{"debitAccountId":"%s","creditAccountId":"%s","amountMinor":700}]}"""
                .formatted(told.transferId(), alice, bob));
    assertThat(listed("status=OPEN")).contains(told.transferId());
    assertThat(listed("status=OPEN&verdict=DECLINED")).doesNotContain(told.transferId());
    assertThat(reserved(alice)).as("an outage is no way around the limit").containsExactly(700L);
  }

  @Test
  void whatTheRulesWouldHaveDeclinedSaysWhy() {
    UUID blocked = UUID.fromString(BLOCKED_BY_PROPERTY);
    Told told =
        posted(alice, bob, 1)
            .with(new Told.Pair(alice, bob, 300), new Told.Pair(alice, blocked, 400))
            .screened("SKIPPED");

    ledger.say(told);
    awaitAllHeard();

    assertThat(listed("verdict=DECLINED")).contains(told.transferId());
    JsonNode review = JSON.readTree(review(told).body());
    assertThat(review.get("verdict").asString()).isEqualTo("DECLINED");
    assertThat(review.get("score").asInt()).isEqualTo(100);
    assertThat(review.get("rules").get(0).get("id").asString()).isEqualTo("blocked-account");
    assertThat(review.get("legs").size()).isEqualTo(2);
  }

  /// The ledger asked, gave up waiting, and let the transfer pass: the verdict is there.
  @Test
  void verdictThatTheLedgerDidNotHearIsKept() {
    Told told = posted(alice, bob, 700).screened("SKIPPED");
    String heard = put(told.transferId(), body("USD", true, leg(alice, bob, 700))).body();

    ledger.say(told);
    awaitAllHeard();

    assertThat(JSON.readTree(review(told).body()).get("verdict").asString()).isEqualTo("APPROVED");
    assertThat(put(told.transferId(), body("USD", true, leg(alice, bob, 700))).body())
        .isEqualTo(heard);
    assertThat(reserved(alice)).as("it was an operator's").isEmpty();
  }

  @Test
  void onlyWhatPassedUnscreenedIsListed() {
    Told screened = posted(alice, bob, 5);
    Told held = posted(alice, bob, 5).screened("SKIPPED").as("HELD", 0);
    Told captured = posted(alice, bob, 5).screened("SKIPPED").as("HELD", 2);

    ledger.say(screened, held, captured);
    awaitAllHeard();

    assertThat(review(screened).statusCode()).isEqualTo(404);
    assertThat(review(held).statusCode()).isEqualTo(404);
    assertThat(review(captured).statusCode()).isEqualTo(200);
  }

  @Test
  void transferIsListedEvenWhenARuleThrows() throws Exception {
    Told told = posted(alice, bob, 5).screened("SKIPPED");
    long letters = query("SELECT count(*) FROM dead_letter WHERE reason = 'FAILED'").getFirst();

    try (var _ = brokenRuleFor(alice, "USD")) {
      ledger.say(told);
      awaitAllHeard();
    }

    JsonNode review = JSON.readTree(review(told).body());
    assertThat(review.get("status").asString()).isEqualTo("OPEN");
    assertThat(review.has("verdict")).isFalse();
    assertThat(query("SELECT count(*) FROM dead_letter WHERE reason = 'FAILED'"))
        .containsExactly(letters + 1);
  }

  @Test
  void firstDecisionStandsAndSaysWhoAndWhy() {
    Told told = listed();
    double open = meters.get("fraud.alert.open").gauge().value();

    HttpResponse<String> decided = post("/reviews/" + told.transferId(), CLEARED);

    assertThat(decided.statusCode()).as(decided.body()).isEqualTo(200);
    assertThat(decided.body())
        .contains("\"status\":\"CLEARED\"")
        .contains(
            "\"decision\":{\"decidedBy\":\"erin\",\"decidedAt\":\"2026-06-01T12:00:00.123456Z\","
                + "\"note\":\"Rent, as every month.\"}");
    assertThat(post("/reviews/" + told.transferId(), CLEARED).body()).isEqualTo(decided.body());
    for (String other :
        List.of(
            CLEARED.replace("CLEARED", "FRAUD"),
            CLEARED.replace("erin", "frank"),
            CLEARED.replace("Rent", "Gift"))) {
      HttpResponse<String> refused = post("/reviews/" + told.transferId(), other);
      assertThat(refused.statusCode()).isEqualTo(409);
      assertThat(refused.body()).contains("\"code\":\"review-decided\"");
    }
    assertThat(review(told).body()).isEqualTo(decided.body());
    assertThat(listed("status=OPEN")).doesNotContain(told.transferId());
    assertThat(listed("status=CLEARED")).contains(told.transferId());
    assertThat(open - meters.get("fraud.alert.open").gauge().value()).isEqualTo(1);
  }

  @Test
  void manyDecisionsAtOnceHaveOneWinner() throws Exception {
    Told told = listed();
    List<Callable<HttpResponse<String>>> calls = new ArrayList<>();
    for (int i = 0; i < 32; i++) {
      String who = "somebody-" + i;
      calls.add(() -> post("/reviews/" + told.transferId(), CLEARED.replace("erin", who)));
    }

    List<Integer> statuses = new ArrayList<>();
    try (var threads = Executors.newFixedThreadPool(32)) {
      for (Future<HttpResponse<String>> answer : threads.invokeAll(calls)) {
        statuses.add(answer.get().statusCode());
      }
    }

    assertThat(statuses).containsOnlyOnce(200).containsOnly(200, 409);
  }

  @Test
  void pagesFollowEachOtherWithoutGapOrRepeat() {
    List<UUID> mine = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      mine.add(listed().transferId());
    }

    List<UUID> seen = new ArrayList<>();
    String after = "";
    while (after != null) {
      JsonNode page = JSON.readTree(get("/reviews?limit=2" + after).body());
      assertThat(page.get("items").size()).isLessThanOrEqualTo(2);
      page.get("items").forEach(item -> seen.add(id(item)));
      after = page.has("next") ? "&after=" + page.get("next").asString() : null;
    }

    assertThat(seen).doesNotHaveDuplicates().containsAll(mine);
  }

  @Test
  void transferThatNobodyKnowsCannotBeDecided() {
    HttpResponse<String> answer = post("/reviews/" + UUID.randomUUID(), CLEARED);

    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.body()).contains("\"code\":\"not-found\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"decision\":\"MAYBE\",\"note\":\"n\",\"decidedBy\":\"erin\"}",
        "{\"decision\":0,\"note\":\"n\",\"decidedBy\":\"erin\"}",
        "{\"decision\":\"FRAUD\",\"note\":\" \",\"decidedBy\":\"erin\"}",
        "{\"decision\":\"FRAUD\",\"note\":\"n\",\"decidedBy\":\"\"}",
        "{\"decision\":\"FRAUD\",\"note\":\"n\"}",
        "{\"decision\":\"FRAUD\",\"decidedBy\":\"erin\"}",
        "{\"decision\":\"FRAUD\",\"note\":\"a\\nb\",\"decidedBy\":\"erin\"}",
        "{\"decision\":\"FRAUD\",\"note\":\"n\",\"decidedBy\":\"erin\\u0000\"}",
        "{\"decision\":\"FRAUD\",\"note\":\"n\",\"decidedBy\":\"erin\",\"more\":1}"
      })
  void decisionThatDoesNotMeanOneThingIsRefused(String body) {
    HttpResponse<String> answer = post("/reviews/" + UUID.randomUUID(), body);

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    assertThat(answer.body()).contains("\"code\":\"invalid-request\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "status=open",
        "status=%20OPEN",
        "verdict=NO",
        "limit=0",
        "limit=201",
        "limit=x",
        "limit=0x1",
        "limit=%D9%A1",
        "limit=1&limit=2",
        "limit=",
        "after=1",
        "after=1-1-1-1-1",
        "%ff",
        "="
      })
  void questionThatMeansNothingIsRefused(String query) {
    assertThat(get("/reviews?" + query).statusCode()).isEqualTo(400);
  }

  @Test
  void unknownParameterIsRefusedByName() {
    for (String path : List.of("/reviews", "/blocked-accounts", "/reviews/" + bob)) {
      HttpResponse<String> answer = get(path + "?Verdict=SKIPPED");

      assertThat(answer.statusCode()).as(path).isEqualTo(400);
      assertThat(answer.body())
          .contains("\"code\":\"invalid-request\"")
          .contains("Verdict is no parameter of this route.");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "00000000-0000-0000-0000-000000000000",
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
        "80000000-0000-0000-8000-000000000000"
      })
  void specialIdIsAnIdAsAnyOther(String id) {
    UUID special = UUID.fromString(id);
    assertThat(get("/reviews/" + id).statusCode()).isEqualTo(404);
    assertThat(get("/reviews?after=" + id).statusCode()).isEqualTo(200);
    assertThat(get("/blocked-accounts/" + id).statusCode()).isEqualTo(200);
    assertThat(get("/blocked-accounts?after=" + id).statusCode()).isEqualTo(200);
    assertThat(put(special, special, 1).statusCode()).isLessThan(500);
    assertThat(delete(special).statusCode()).isLessThan(500);
  }

  private Told listed() {
    Told told = posted(UUID.randomUUID(), bob, 5).screened("SKIPPED");
    ledger.say(told);
    awaitAllHeard();
    return told;
  }

  private HttpResponse<String> review(Told told) {
    return get("/reviews/" + told.transferId());
  }

  private List<UUID> listed(String query) {
    List<UUID> found = new ArrayList<>();
    JSON.readTree(get("/reviews?limit=200&" + query).body())
        .get("items")
        .forEach(item -> found.add(id(item)));
    return found;
  }

  private static UUID id(JsonNode item) {
    return UUID.fromString(item.get("transferId").asString());
  }
}
