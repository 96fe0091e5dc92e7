package dev.payledger.fraud.assessment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.fraud.FraudServer;
import dev.payledger.testkit.BrokenRequests;
import dev.payledger.testkit.Postgres;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/// The API as a caller sees it.
class AssessmentIT extends FraudServer {
  @Autowired MeterRegistry meters;

  private final UUID transfer = UUID.randomUUID();
  private final UUID debit = UUID.randomUUID();

  @Test
  void smallTransferIsApprovedAndSaysWhen() {
    HttpResponse<String> answer = put(transfer, debit, 1_000);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body())
        .isEqualTo(
            """
            {"transferId":"%s","verdict":"APPROVED","score":0,"rules":[],\
            "assessedAt":"2026-06-01T12:00:00.123456Z"}"""
                .formatted(transfer));
    assertThat(reserved(debit)).containsExactly(1_000L);
  }

  @Test
  void sameRequestGetsTheSameBytesHoweverItIsSpelledAndWhenever() {
    String first = put(transfer, debit, 1_000).body();
    clock.advance(Duration.ofDays(400));

    String spaced =
        """
        { "operatorInitiated" : false, "legs": [ {"amountMinor":1000,
          "creditAccountId":"%s", "debitAccountId":"%s"} ], "currency":"EUR" }
        """
            .formatted(CREDIT.toString().toUpperCase(java.util.Locale.ROOT), debit);

    assertThat(put(transfer, debit, 1_000).body()).isEqualTo(first);
    assertThat(put(transfer, spaced).body()).isEqualTo(first);
    assertThat(reserved(debit)).containsExactly(1_000L);
  }

  @Test
  void declineStandsEvenWhenTheReasonIsGone() {
    put(UUID.randomUUID(), debit, 1_000_000);
    put(UUID.randomUUID(), debit, 1_000_000);
    String declined = put(transfer, debit, 600_000).body();
    clock.advance(Duration.ofHours(2));

    assertThat(declined).contains("\"DECLINED\"").contains("\"velocity-window\"");
    assertThat(put(transfer, debit, 600_000).body()).isEqualTo(declined);
    assertThat(put(UUID.randomUUID(), debit, 600_000).body()).contains("\"APPROVED\"");
  }

  @Test
  void brokenRequestIsAnsweredWithProblemToo() {
    BrokenRequests.assertAnsweredWithProblems(port, "Authorization: Bearer fraud-credential-demo");
    BrokenRequests.assertAnsweredWithProblems(port, "X-Anonymous: yes");
  }

  @Test
  @ExtendWith(OutputCaptureExtension.class)
  void unreadableQueryIsLoggedWithoutStackTrace(CapturedOutput log) {
    BrokenRequests.assertQueriesRefused(
        port, "/reviews", "Authorization: Bearer fraud-credential-demo");
    BrokenRequests.assertQueriesRefused(port, "/reviews", "X-Anonymous: yes");
    assertThat(log.getAll()).contains("cannot be read").doesNotContain("Exception", "\tat ");
  }

  @Test
  void otherBodyForTheSameTransferIsRefused() {
    put(transfer, debit, 1_000);

    HttpResponse<String> other = put(transfer, debit, 1_001);

    assertThat(other.statusCode()).isEqualTo(422);
    assertThat(other.headers().firstValue("Content-Type"))
        .hasValueSatisfying(type -> assertThat(type).startsWith("application/problem+json"));
    assertThat(other.body())
        .contains("\"type\":\"https://payledger.dev/problems/assessment-mismatch\"")
        .contains("\"code\":\"assessment-mismatch\"")
        .contains("\"retryable\":false");
    assertThat(put(transfer, body(debit, CREDIT, 1_000, true)).statusCode()).isEqualTo(422);
    assertThat(reserved(debit)).containsExactly(1_000L);
  }

  @Test
  void releaseGivesBackOnceAndRefusesLaterAssessment() {
    put(UUID.randomUUID(), debit, 5_000);
    put(transfer, debit, 1_000);

    assertThat(delete(transfer).statusCode()).isEqualTo(204);
    assertThat(delete(transfer).statusCode()).isEqualTo(204);

    assertThat(reserved(debit)).containsExactly(5_000L);
    assertThat(put(transfer, debit, 1_000).statusCode()).isEqualTo(409);
    assertThat(put(transfer, debit, 9_999).statusCode()).isEqualTo(409);
    assertThat(put(transfer, debit, 1_000).body()).contains("\"code\":\"assessment-released\"");
    assertThat(reserved(debit)).containsExactly(5_000L);
  }

  @ParameterizedTest
  @CsvSource({"0, 5000", "300, 5300", "1000, 6000", "1001, 6000"})
  void releaseKeepsWhatWasMoved(long movedMinor, long reservedMinor) {
    put(UUID.randomUUID(), debit, 5_000);
    put(transfer, debit, 1_000);

    assertThat(delete(transfer, "?movedMinor=" + movedMinor).statusCode()).isEqualTo(204);
    assertThat(reserved(debit)).containsExactly(reservedMinor);
    assertThat(delete(transfer, "?movedMinor=0").statusCode()).isEqualTo(204);
    assertThat(reserved(debit)).as("once").containsExactly(reservedMinor);
    assertThat(put(transfer, debit, 1_000).statusCode()).isEqualTo(409);
  }

  @Test
  void releaseBeforeAssessmentLeavesTombstone() {
    assertThat(delete(transfer).statusCode()).isEqualTo(204);

    assertThat(put(transfer, debit, 1_000).statusCode()).isEqualTo(409);
    assertThat(delete(transfer).statusCode()).isEqualTo(204);
    assertThat(reserved(debit)).isEmpty();
  }

  @Test
  void releaseOfDeclinedTransferGivesNothingBack() {
    put(UUID.randomUUID(), debit, 5_000);
    put(transfer, debit, 1_000_001);

    assertThat(delete(transfer).statusCode()).isEqualTo(204);

    assertThat(reserved(debit)).containsExactly(5_000L);
  }

  @Test
  void releaseGivesBackToTheWindowItWasBookedOn() {
    put(transfer, debit, 1_000);
    clock.advance(Duration.ofHours(1));
    put(UUID.randomUUID(), debit, 7_000);

    delete(transfer);

    assertThat(reserved(debit)).containsExactly(0L, 7_000L);
  }

  @Test
  void operatorsAreExemptFromAmountsButNotFromBlocks() {
    UUID blocked = UUID.randomUUID();
    block(blocked, true, "court");

    assertThat(put(transfer, body(debit, CREDIT, 9_000_000_000L, true)).body())
        .contains("\"APPROVED\"");
    assertThat(reserved(debit)).isEmpty();
    assertThat(put(UUID.randomUUID(), body(debit, blocked, 1, true)).body())
        .contains("\"blocked-account\"");
    assertThat(
            put(
                    UUID.randomUUID(),
                    body(UUID.fromString(BLOCKED_BY_PROPERTY), CREDIT, 1_000_001, false))
                .body())
        .contains("\"amount-threshold\"")
        .contains("\"blocked-account\"")
        .contains("\"score\":100");
  }

  @Test
  void declineSaysWhatEachRuleAddsAndWhy() {
    put(UUID.randomUUID(), debit, 1_000_000);
    put(UUID.randomUUID(), debit, 1_000_000);

    assertThat(put(transfer, debit, 1_000_001).body())
        .isEqualTo(
            """
            {"transferId":"%s","verdict":"DECLINED","score":100,"rules":[\
            {"id":"amount-threshold","points":60,\
            "detail":"The amount of 1000001 is above the threshold of 1000000."},\
            {"id":"velocity-window","points":60,\
            "detail":"Account %s asks for 1000001 with 2000000 of 2500000 used in this window."},\
            {"id":"new-payee","points":60,\
            "detail":"Account %s does not know account %s: 0 of 2 payments of at least 1000, the first PT0S \
            ago of PT24H; and 1000001 is above 1000000."}],\
            "assessedAt":"2026-06-01T12:00:00.123456Z"}"""
                .formatted(transfer, debit, debit, CREDIT));
  }

  @Test
  void longestExplanationIsSmallEnoughForItsReader() {
    String[] legs = new String[50];
    for (int i = 0; i < legs.length; i++) {
      legs[i] = leg(UUID.randomUUID(), UUID.fromString(BLOCKED_BY_PROPERTY), (1L << 53) / 51);
    }

    String answer = put(transfer, body(false, legs)).body();

    assertThat(answer).contains("blocked-account").contains("amount-threshold");
    assertThat(answer).contains("velocity-window").contains("new-payee");
    // The ledger reads 4096 bytes.
    assertThat(answer.length()).isLessThan(2_048);
  }

  @Test
  void ruleThatThrowsIsNoApprovalAndStoresNothing() throws Exception {
    UUID other = UUID.randomUUID();
    try (var _ = brokenRuleFor(debit, "EUR")) {
      HttpResponse<String> answer =
          put(transfer, body(false, leg(other, CREDIT, 10), leg(debit, CREDIT, 10)));

      assertThat(answer.statusCode()).isEqualTo(500);
      assertThat(answer.body()).contains("\"code\":\"internal-error\"").doesNotContain("verdict");
    }
    assertThat(query("SELECT 1 FROM assessment WHERE transfer_id = '" + transfer + "'")).isEmpty();
    assertThat(query("SELECT 1 FROM reservation WHERE transfer_id = '" + transfer + "'")).isEmpty();
    assertThat(reserved(other)).isEmpty();
  }

  @Test
  void rulesThatFiredAreCounted() {
    double before = meters.counter("fraud.rule.fired", "rule", "amount-threshold").count();

    put(transfer, debit, 1_000_001);
    put(transfer, debit, 1_000_001);

    assertThat(meters.counter("fraud.rule.fired", "rule", "amount-threshold").count() - before)
        .isEqualTo(1);
  }

  @Test
  void legsAreAssessedAsOneAndReservedPerDebitAccount() {
    UUID other = UUID.randomUUID();

    String answer =
        put(
                transfer,
                body(false, leg(debit, CREDIT, 300), leg(other, CREDIT, 50), leg(debit, other, 7)))
            .body();

    assertThat(answer).contains("\"APPROVED\"");
    assertThat(reserved(debit)).containsExactly(307L);
    assertThat(reserved(other)).containsExactly(50L);

    assertThat(delete(transfer).statusCode()).isEqualTo(204);

    assertThat(reserved(debit)).containsExactly(0L);
    assertThat(reserved(other)).containsExactly(0L);
  }

  @Test
  void amountRuleSeesTheTotal() {
    UUID other = UUID.randomUUID();

    assertThat(
            put(transfer, body(false, leg(debit, CREDIT, 500_001), leg(other, CREDIT, 500_000)))
                .body())
        .contains("\"amount-threshold\"");
    assertThat(
            put(
                    UUID.randomUUID(),
                    body(false, leg(debit, CREDIT, 500_000), leg(other, CREDIT, 500_000)))
                .body())
        .contains("\"APPROVED\"");
  }

  @Test
  void oneAccountOverItsLimitReservesNothingForAnybody() {
    UUID other = UUID.randomUUID();
    put(UUID.randomUUID(), other, 1_000_000);
    put(UUID.randomUUID(), other, 1_000_000);
    put(UUID.randomUUID(), other, 499_991);

    String answer =
        put(transfer, body(false, leg(debit, CREDIT, 10), leg(other, CREDIT, 10))).body();

    assertThat(answer).contains("\"DECLINED\"").contains("\"velocity-window\"");
    assertThat(reserved(debit)).containsExactly(0L);
    assertThat(reserved(other)).containsExactly(2_499_991L);
  }

  @Test
  void blockedAccountInAnyLegDeclines() {
    assertThat(
            put(
                    transfer,
                    body(
                        false,
                        leg(debit, CREDIT, 10),
                        leg(debit, UUID.fromString(BLOCKED_BY_PROPERTY), 10)))
                .body())
        .contains("\"blocked-account\"");
  }

  @Test
  void orderOfTheLegsIsPartOfTheRequest() {
    String first = leg(debit, CREDIT, 10);
    String second = leg(UUID.randomUUID(), CREDIT, 20);
    String answer = put(transfer, body(false, first, second)).body();

    assertThat(put(transfer, body(false, first, second)).body()).isEqualTo(answer);
    assertThat(put(transfer, body(false, second, first)).statusCode()).isEqualTo(422);
    assertThat(put(transfer, body(false, first)).statusCode()).isEqualTo(422);
  }

  @Test
  void fiftyLegsOfTheLongestKindFit() {
    String[] legs = new String[50];
    for (int i = 0; i < legs.length; i++) {
      legs[i] =
          leg(UUID.randomUUID(), CREDIT, i == 0 ? (1L << 53) - 50 : 1)
              .replace("\"amountMinor\":1}", "\"amountMinor\":1                 }");
    }

    HttpResponse<String> answer = put(transfer, body(false, legs));

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(put(transfer, body(false, legs)).body()).isEqualTo(answer.body());
  }

  @Test
  void onlyNewVerdictsAreCounted() {
    double before = meters.counter("fraud.assessment", "verdict", "DECLINED").count();

    put(transfer, debit, 1_000_001);
    put(transfer, debit, 1_000_001);
    put(transfer, debit, 1_000_002);

    assertThat(meters.counter("fraud.assessment", "verdict", "DECLINED").count() - before)
        .isEqualTo(1);
  }

  static Stream<String> wrongBodies() {
    String leg = leg(UUID.randomUUID(), CREDIT, 10);
    String right = body(false, leg);
    return Stream.of(
        "",
        "null",
        "[]",
        "\"text\"",
        "{}",
        right + "{}",
        right + " x",
        right.replace("{\"currency\"", "{\"extra\":1,\"currency\""),
        right.replace("{\"currency\"", "{\"currency\":\"EUR\",\"currency\""),
        right.replace(":10}", ":\"10\"}"),
        right.replace(":10}", ":10.0}"),
        right.replace(":10}", ":1e1}"),
        right.replace(":10}", ":010}"),
        right.replace(":10}", ":0}"),
        right.replace(":10}", ":-10}"),
        right.replace(":10}", ":9007199254740992}"),
        right.replace(":10}", ":9223372036854775808}"),
        right.replace(":10}", ":null}"),
        right.replace(":10}", ":true}"),
        right.replace(":10}", ":[10]}"),
        right.replace(":10}", ":10,\"extra\":1}"),
        right.replace(":10}", ":10,\"amountMinor\":10}"),
        right.replace(",\"amountMinor\":10}", "}"),
        right.replace("\"EUR\"", "978"),
        right.replace("\"EUR\"", "\"eur\""),
        right.replace("\"EUR\"", "\"EURO\""),
        right.replace("\"EUR\"", "null"),
        right.replace(":false", ":0"),
        right.replace(":false", ":\"false\""),
        right.replace("\"operatorInitiated\":false,", ""),
        right.replace(leg, ""),
        right.replace("[" + leg + "]", leg),
        right.replace("[" + leg + "]", "null"),
        right.replace("[" + leg + "]", "\"\""),
        right.replace(leg, "null"),
        right.replace(leg, "[" + leg + "]"),
        right.replace(leg, leg + "," + leg(UUID.randomUUID(), CREDIT, 9007199254740982L)),
        right.replace(leg, String.join(",", Collections.nCopies(51, leg))),
        // The form of one pair, that was.
        leg.replace("}", ",\"currency\":\"EUR\",\"operatorInitiated\":false}"),
        right.replace(CREDIT.toString(), "1-1-1-1-1"),
        right.replace(CREDIT.toString(), "sLAAAAAAcACAAAAAAAAJeA=="),
        right.replace("\"" + CREDIT + "\"", "17"),
        right.replace("\"" + CREDIT + "\"", "null"),
        right.replace('"', '\''));
  }

  @ParameterizedTest
  @MethodSource("wrongBodies")
  void bodyThatDoesNotMeanOneThingIsRefused(String body) {
    HttpResponse<String> answer = put(transfer, body);

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    assertThat(answer.body())
        .contains("\"code\":\"invalid-request\"")
        .doesNotContain("jackson")
        .doesNotContain("dev.payledger.fraud");
    assertThat(query("SELECT 1 FROM assessment WHERE transfer_id = '" + transfer + "'")).isEmpty();
  }

  @Test
  void bodyOverTheBoundIsRefusedWithAndWithoutLength() {
    String big = body(debit, CREDIT, 1, false).replace("{", "{" + " ".repeat(20_000));

    assertThat(put(transfer, big).statusCode()).isEqualTo(413);
    HttpResponse<String> chunked =
        send(
            request("/assessments/" + transfer)
                .header("Content-Type", "application/json")
                .PUT(
                    BodyPublishers.ofInputStream(
                        () -> new java.io.ByteArrayInputStream(big.getBytes()))));
    assertThat(chunked.statusCode()).isEqualTo(413);
    assertThat(chunked.body()).contains("\"code\":\"payload-too-large\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Bearer",
        "Bearer fraud-credential-dem",
        "Bearer fraud-credential-demo2",
        "bearer fraud-credential-demo",
        "Basic ZnJhdWQtY3JlZGVudGlhbC1kZW1v"
      })
  void strangersAreNotLetIn(String authorization) {
    for (String path : List.of("/assessments/" + transfer, "/reviews", "/nowhere")) {
      HttpResponse<String> answer =
          send(
              (authorization.isEmpty()
                      ? stranger(path)
                      : stranger(path).header("Authorization", authorization))
                  .header("Content-Type", "application/json")
                  .PUT(BodyPublishers.ofString(body(debit, CREDIT, 1, false))));
      assertThat(answer.statusCode()).isEqualTo(401);
      assertThat(answer.body()).contains("\"code\":\"unauthenticated\"");
    }
    assertThat(query("SELECT 1 FROM assessment WHERE transfer_id = '" + transfer + "'")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "PUT,    /assessments/1-1-1-1-1, application/json, 400, invalid-request",
    "PUT,    /assessments/none,      application/json, 400, invalid-request",
    "DELETE, /assessments/none,      application/json, 400, invalid-request",
    "GET,    /reviews?limt=1,        application/json, 400, invalid-request",
    "GET,    /reviews?limit=0x1,     application/json, 400, invalid-request",
    "GET,    /reviews?limit=1&limit=1, application/json, 400, invalid-request",
    "DELETE, /assessments/{id}?moved=1, application/json, 400, invalid-request",
    "DELETE, /assessments/{id}?movedMinor=-1,               application/json, 400, invalid-request",
    "DELETE, /assessments/{id}?movedMinor=9007199254740992, application/json, 400, invalid-request",
    "DELETE, /assessments/{id}?movedMinor=x,                application/json, 400, invalid-request",
    "PUT,    /assessments/{id},      text/plain,       415, unsupported-media-type",
    "POST,   /assessments/{id},      application/json, 405, method-not-allowed",
    "GET,    /nowhere,               application/json, 404, not-found"
  })
  void wrongRequestsAreProblems(String method, String path, String type, int status, String code) {
    HttpResponse<String> answer =
        send(
            request(path.replace("{id}", transfer.toString()))
                .header("Content-Type", type)
                .header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
                .method(method, BodyPublishers.ofString(body(debit, CREDIT, 1, false))));

    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.body())
        .contains("\"code\":\"" + code + "\"")
        .contains("\"traceId\":\"0af7651916cd43dd8448eb211c80319c\"");
  }

  @ParameterizedTest
  @CsvSource({"0, 503", "-1, 503", "soon, 400", "1.5, 400", "99999999999999999999, 400"})
  void requestWithoutTimeIsRefusedBeforeItStarts(String timeout, int status) {
    for (String method : new String[] {"PUT", "DELETE"}) {
      HttpResponse<String> answer =
          send(
              request("/assessments/" + transfer)
                  .header("Content-Type", "application/json")
                  .header("Request-Timeout-Ms", timeout)
                  .method(method, BodyPublishers.ofString(body(debit, CREDIT, 1, false))));

      assertThat(answer.statusCode()).isEqualTo(status);
      assertThat(answer.headers().firstValue("Retry-After").isPresent()).isEqualTo(status == 503);
    }
    assertThat(query("SELECT 1 FROM assessment WHERE transfer_id = '" + transfer + "'")).isEmpty();
  }

  @Test
  void requestWhoseTimeEndsInTheQueueIsNotStarted() throws Exception {
    try (var connection = Postgres.superuser("fraud");
        var statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("SELECT pg_advisory_xact_lock(hashtextextended('" + transfer + "', 0))");
      var waiting =
          java.util.concurrent.CompletableFuture.supplyAsync(
              () ->
                  send(
                      request("/assessments/" + transfer)
                          .header("Content-Type", "application/json")
                          .header("Request-Timeout-Ms", "1")
                          .PUT(BodyPublishers.ofString(body(debit, CREDIT, 1, false)))));
      org.awaitility.Awaitility.await()
          .until(
              () ->
                  !query("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
                      .isEmpty());
      connection.rollback();

      assertThat(waiting.get().statusCode()).isEqualTo(503);
    }
    assertThat(query("SELECT 1 FROM assessment WHERE transfer_id = '" + transfer + "'")).isEmpty();
  }

  @Test
  void lockThatIsHeldTooLongIsAnHonest503() throws Exception {
    try (var connection = Postgres.superuser("fraud");
        var statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("SELECT pg_advisory_xact_lock(hashtextextended('" + transfer + "', 0))");

      HttpResponse<String> answer = put(transfer, debit, 1);

      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.headers().firstValue("Retry-After")).hasValue("1");
      assertThat(answer.body()).contains("\"code\":\"unavailable\"").contains("\"retryable\":true");
      connection.rollback();
    }
    assertThat(put(transfer, debit, 1).statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"60000", " 4500 "})
  void requestWithTimeIsServed(String timeout) {
    assertThat(
            send(request("/assessments/" + transfer)
                    .header("Content-Type", "application/json")
                    .header("Request-Timeout-Ms", timeout)
                    .PUT(BodyPublishers.ofString(body(debit, CREDIT, 1, false))))
                .statusCode())
        .isEqualTo(200);
  }
}
