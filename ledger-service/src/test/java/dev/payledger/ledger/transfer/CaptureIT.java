package dev.payledger.ledger.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.payledger.ledger.FraudDouble.Mood;
import dev.payledger.ledger.LedgerUnderTest;
import dev.payledger.ledger.saga.SagaStepper;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;
import tools.jackson.databind.JsonNode;

/// Funds that are held until they are captured: alice has 50,000 and holds 10,000 of it for bob.
@Import(SagaStepper.class)
class CaptureIT extends LedgerUnderTest {
  @Autowired private SagaStepper saga;

  private UUID a;
  private UUID b;
  private UUID asked;
  private UUID held;

  @BeforeEach
  void aliceHoldsForBob() {
    a = account("alice", 50_000);
    b = account("bob", 0);
    asked = UUID.randomUUID();
    held = transferOf(asked);
    Answer answer = hold(asked, 10_000);
    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.json().get("status").asString()).isEqualTo("HELD");
    assertThat(answer.json().get("capture").asString()).isEqualTo("MANUAL");
  }

  @Test
  void heldFundsAreNeitherMovedNorAvailable() {
    assertThat(balanceMinor(a)).isEqualTo(50_000);
    assertThat(heldMinor(a)).isEqualTo(10_000);
    assertThat(balanceMinor(b)).isZero();
    assertThat(transfer(alice(), UUID.randomUUID(), a, b, 40_001).code())
        .isEqualTo("insufficient-funds");
    assertThat(seen().get("capturedMinor").asLong()).isZero();
    assertThat(seen().get("screening").asString()).isEqualTo("APPROVED");
  }

  @ParameterizedTest
  @CsvSource({
    "''                                  , POSTED, 10000",
    "{}                                  , POSTED, 10000",
    "{\"amountMinor\":10000}             , POSTED, 10000",
    "{\"amountMinor\":4000}              , HELD,    4000",
    "'{\"amountMinor\":4000,\"final\":false}', HELD,    4000",
    "'{\"amountMinor\":4000,\"final\":true}' , POSTED,  4000"
  })
  void aCapturePostsSoMuchAndTheLastGivesTheRestBack(String body, String status, long captured) {
    Answer answer = capture(bob(), body);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().get("status").asString()).isEqualTo(status);
    assertThat(answer.json().get("capturedMinor").asLong()).isEqualTo(captured);
    assertThat(balanceMinor(b)).isEqualTo(captured);
    assertThat(balanceMinor(a)).isEqualTo(50_000 - captured);
    assertThat(heldMinor(a)).isEqualTo(status.equals("HELD") ? 10_000 - captured : 0);
  }

  @Test
  void partsAddUpToTheWholeAndNotBeyond() {
    assertThat(capture(bob(), amount(4_000)).status()).isEqualTo(200);
    assertThat(capture(bob(), amount(6_001)).code()).isEqualTo("capture-limit");
    assertThat(capture(alice(), amount(5_000)).status()).isEqualTo(200);
    assertThat(capture(operator(), "").json().get("status").asString()).isEqualTo("POSTED");
    assertThat(capture(bob(), amount(1)).code()).isEqualTo("not-capturable");
    assertThat(balanceMinor(b)).isEqualTo(10_000);
    JsonNode lines = get("/v1/accounts/" + b + "/entries", bob()).json().get("items");
    assertThat(lines).hasSize(3);
    assertThat(lines)
        .extracting(line -> line.get("amountMinor").asLong())
        .containsExactly(4_000L, 5_000L, 1_000L);
    assertThat(lines).allMatch(line -> line.get("transferId").asString().equals(held.toString()));
  }

  @RepeatedTest(5)
  void ofManyCapturesAndVoidsAtOnceNoMoreIsMovedThanWasHeldAndOneEndsIt() throws Exception {
    List<Future<Answer>> captures = new ArrayList<>();
    List<Future<Answer>> voids = new ArrayList<>();
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 8; i++) {
        captures.add(callers.submit(() -> capture(bob(), amount(3_000))));
        if (i % 4 == 3) {
          voids.add(callers.submit(() -> voided(alice())));
        }
      }
    }
    long captured = 0;
    for (Future<Answer> each : captures) {
      captured += each.get().status() == 200 ? 3_000 : 0;
    }
    long ends = 0;
    for (Future<Answer> each : voids) {
      ends += each.get().status() == 200 ? 1 : 0;
    }

    assertThat(ends).as("voids that won").isEqualTo(1);
    assertThat(captured).isLessThanOrEqualTo(9_000);
    assertThat(seen().get("status").asString()).isEqualTo("VOIDED");
    assertThat(seen().get("capturedMinor").asLong()).isEqualTo(captured);
    assertThat(balanceMinor(b)).isEqualTo(captured);
    assertThat(heldMinor(a)).isZero();
  }

  @RepeatedTest(5)
  void ofACaptureAVoidAndTheExpiryExactlyOneWins() throws Exception {
    clock.advance(Duration.ofDays(7).minusMillis(1));
    Future<Answer> captured;
    Future<Answer> voided;
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      captured = callers.submit(() -> capture(bob(), ""));
      voided = callers.submit(() -> voided(alice()));
      callers.submit(
          () -> {
            clock.advance(Duration.ofMillis(2));
            return saga.recover();
          });
    }
    String status = seen().get("status").asString();

    assertThat(captured.get().status() == 200).isEqualTo(status.equals("POSTED"));
    assertThat(voided.get().status() == 200).isEqualTo(status.equals("VOIDED"));
    assertThat(status).isIn("POSTED", "VOIDED", "EXPIRED");
    assertThat(balanceMinor(b)).isEqualTo(status.equals("POSTED") ? 10_000 : 0);
    assertThat(heldMinor(a)).isZero();
  }

  @Test
  void whatIsNotCapturedInTimeIsGivenBack() {
    capture(bob(), amount(4_000));
    clock.advance(Duration.ofDays(7).minusSeconds(1));
    saga.recover();
    assertThat(seen().get("status").asString()).isEqualTo("HELD");

    clock.advance(Duration.ofSeconds(2));
    assertThat(capture(bob(), "").code()).as("late").isEqualTo("not-capturable");
    saga.recover();

    assertThat(seen().get("status").asString()).isEqualTo("EXPIRED");
    assertThat(seen().get("capturedMinor").asLong()).isEqualTo(4_000);
    assertThat(heldMinor(a)).isZero();
    assertThat(FRAUD.hasReleased(held)).as("some of it was moved").isFalse();
  }

  @Test
  void theClockOfACaptureStartsWhenTheFundsAreHeldForIt() {
    FRAUD.become(Mood.FAILS);
    UUID late = UUID.randomUUID();
    assertThat(hold(late, 9_000).status()).isEqualTo(202);
    clock.advance(Duration.ofMinutes(10));
    FRAUD.become(Mood.APPROVES);
    saga.recover();

    JsonNode view = get("/v1/transfers/" + transferOf(late), alice()).json();
    assertThat(view.get("status").asString()).isEqualTo("HELD");
    assertThat(Instant.parse(view.get("expiresAt").asString()))
        .isAfterOrEqualTo(clock.instant().plus(Duration.ofDays(7)).minusSeconds(1));
  }

  @Test
  void aVoidGivesBackAndTellsFraudScreening() {
    Answer answer = voided(bob());

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().get("status").asString()).isEqualTo("VOIDED");
    assertThat(heldMinor(a)).isZero();
    assertThat(capture(bob(), "").code()).isEqualTo("not-capturable");
    assertThat(voided(alice()).code()).isEqualTo("not-voidable");
    assertThat(saga.release()).isPositive();
    assertThat(FRAUD.hasReleased(held)).isTrue();
  }

  @Test
  void aPendingTransferThatIsToBeVoidedNeverPosts() {
    FRAUD.become(Mood.FAILS);
    UUID pending = UUID.randomUUID();
    assertThat(transfer(alice(), pending, a, b, 9_000).status()).isEqualTo(202);
    UUID command = UUID.randomUUID();
    Answer asked = post(path(transferOf(pending), "void"), alice(), command, "");
    assertThat(asked.status()).isEqualTo(202);
    assertThat(asked.json().get("voidRequested").asBoolean()).isTrue();

    FRAUD.become(Mood.APPROVES);
    saga.recover();

    assertThat(status(transferOf(pending))).isEqualTo("VOIDED");
    assertThat(heldMinor(a)).isEqualTo(10_000);
    assertThat(FRAUD.hasReleased(transferOf(pending))).isTrue();
    assertThat(post(path(transferOf(pending), "void"), alice(), command, "").status())
        .isEqualTo(200);
    Answer replayed = transfer(alice(), pending, a, b, 9_000);
    assertThat(replayed.code()).isEqualTo("transfer-voided");
  }

  @Test
  void aVoidThatComesWhileTheTransferIsScreenedIsHonoured() throws Exception {
    var gate = FRAUD.close();
    UUID pending = UUID.randomUUID();
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Answer> asked = callers.submit(() -> transfer(alice(), pending, a, b, 9_000));
      await().until(() -> FRAUD.hasAssessed(transferOf(pending)));
      Future<Answer> voided =
          callers.submit(
              () -> post(path(transferOf(pending), "void"), alice(), UUID.randomUUID(), ""));
      await()
          .pollInterval(Duration.ofMillis(10))
          .until(
              () ->
                  value(
                      Boolean.class,
                      "SELECT void_requested FROM transfer WHERE id = ?",
                      transferOf(pending)));
      gate.countDown();
      assertThat(asked.get().code()).as("screening approves").isEqualTo("transfer-voided");
      assertThat(voided.get().status()).isEqualTo(200);
    }

    assertThat(status(transferOf(pending))).isEqualTo("VOIDED");
    assertThat(balanceMinor(b)).isZero();
  }

  @Test
  void aRepeatedCommandHearsItsFirstAnswer() {
    UUID some = UUID.randomUUID();
    UUID tooMuch = UUID.randomUUID();
    assertThat(post(path(held, "capture"), bob(), some, amount(4_000)).status()).isEqualTo(200);
    assertThat(post(path(held, "capture"), bob(), tooMuch, amount(7_000)).code())
        .isEqualTo("capture-limit");
    capture(bob(), "");

    assertThat(post(path(held, "capture"), bob(), some, amount(4_000)).status()).isEqualTo(200);
    assertThat(post(path(held, "capture"), bob(), tooMuch, amount(7_000)).code())
        .isEqualTo("capture-limit");
    assertThat(post(path(held, "capture"), bob(), some, amount(4_001)).code())
        .isEqualTo("idempotency-key-reused");
    assertThat(post(path(held, "void"), bob(), some, "").code())
        .isEqualTo("idempotency-key-reused");
    assertThat(balanceMinor(b)).isEqualTo(10_000);
    Answer again = hold(asked, 10_000);
    assertThat(again.status()).as("what asked for it, long after").isEqualTo(201);
    assertThat(again.json().get("status").asString()).isEqualTo("POSTED");
  }

  @Test
  void onlyASideOfItOrAnOperatorMayCaptureOrVoid() {
    UUID nobodys = UUID.randomUUID();
    String carol = ISSUER.token("carol");
    for (String what : List.of("capture", "void")) {
      Answer strangers = post(path(held, what), carol, UUID.randomUUID(), "");
      Answer unknown = post(path(nobodys, what), carol, UUID.randomUUID(), "");
      assertThat(strangers.status()).isEqualTo(404);
      assertThat(strangers.text().replace(held.toString(), "…"))
          .isEqualTo(unknown.text().replace(nobodys.toString(), "…"));
    }
    assertThat(seen().get("status").asString()).isEqualTo("HELD");
  }

  @Test
  void anAccountThatTakesNoCreditsGetsNothingAndTheHoldStays() {
    post("/v1/accounts/" + b + "/freeze", operator(), UUID.randomUUID(), "{\"side\":\"CREDITS\"}");

    assertThat(capture(bob(), "").code()).isEqualTo("account-unusable");
    assertThat(seen().get("status").asString()).isEqualTo("HELD");
    assertThat(heldMinor(a)).isEqualTo(10_000);
    post("/v1/accounts/" + b + "/unfreeze", operator(), UUID.randomUUID(), "{}");
    assertThat(capture(bob(), "").status()).isEqualTo(200);
  }

  @Test
  void creditFreezeKeepsEarlierCapture() {
    assertThat(capture(bob(), amount(4_000)).status()).isEqualTo(200);
    post("/v1/accounts/" + b + "/freeze", operator(), UUID.randomUUID(), "{\"side\":\"CREDITS\"}");

    assertThat(balanceMinor(b)).isEqualTo(4_000);
    assertThat(capture(bob(), "").code()).isEqualTo("account-unusable");
    assertThat(voided(alice()).status()).as("the rest").isEqualTo(200);
    assertThat(heldMinor(a)).isZero();
  }

  @Test
  void aFreezeOfTheDebitSideDoesNotBreakThePromise() {
    post("/v1/accounts/" + a + "/freeze", operator(), UUID.randomUUID(), "{}");

    assertThat(capture(bob(), "").status()).isEqualTo(200);
  }

  @Test
  void onlyWhatWasCapturedIsReversed() {
    String reversals = path(held, "reversals");
    assertThat(post(reversals, bob(), UUID.randomUUID(), "{}").code()).isEqualTo("not-reversible");
    capture(bob(), amount(4_000));
    assertThat(post(reversals, bob(), UUID.randomUUID(), amount(4_001)).code())
        .isEqualTo("reversal-limit");
    Answer reversal = post(reversals, bob(), UUID.randomUUID(), "{}");

    assertThat(reversal.status()).isEqualTo(201);
    assertThat(reversal.json().get("amountMinor").asLong()).isEqualTo(4_000);
    assertThat(seen().get("status").asString()).as("the rest waits").isEqualTo("HELD");
    assertThat(balanceMinor(b)).isZero();
  }

  @Test
  void whatIsHeldUnscreenedUsesUpTheAllowance() {
    FRAUD.become(Mood.FAILS);
    for (int i = 0; i < 3; i++) {
      assertThat(hold(UUID.randomUUID(), 5_000).status()).isEqualTo(201);
    }
    assertThat(hold(UUID.randomUUID(), 5_000).status()).isEqualTo(202);
  }

  @Test
  void allowanceRegainsUncapturedAmount() {
    FRAUD.become(Mood.FAILS);
    List<UUID> unscreened = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Answer answer = hold(UUID.randomUUID(), 5_000);
      assertThat(answer.status()).isEqualTo(201);
      unscreened.add(UUID.fromString(answer.json().get("id").asString()));
    }
    assertThat(usedMinor()).isEqualTo(15_000);

    String last = "{\"amountMinor\":1000,\"final\":true}";
    assertThat(post(path(unscreened.get(0), "capture"), bob(), UUID.randomUUID(), last).status())
        .isEqualTo(200);
    assertThat(usedMinor()).isEqualTo(11_000);
    post(path(unscreened.get(1), "capture"), bob(), UUID.randomUUID(), amount(500));
    assertThat(usedMinor()).as("the rest is held").isEqualTo(11_000);
    post(path(unscreened.get(1), "void"), alice(), UUID.randomUUID(), "");
    assertThat(usedMinor()).isEqualTo(6_500);
    post(path(unscreened.get(1), "void"), alice(), UUID.randomUUID(), "");
    assertThat(usedMinor()).as("once").isEqualTo(6_500);
    clock.advance(Duration.ofDays(8));
    saga.recover();

    assertThat(usedMinor()).isEqualTo(1_500);
    assertThat(
            value(
                Long.class,
                "SELECT u.used_minor FROM owner_offline_allowance u JOIN account a USING (owner)"
                    + " JOIN offline_allowance o ON o.account_id = a.id"
                    + " AND o.window_start = u.window_start WHERE a.id = ?",
                a))
        .as("the owner's too")
        .isLessThanOrEqualTo(30_000 - 13_500);
  }

  private long usedMinor() {
    return value(
        Long.class,
        "SELECT sum(used_minor)::bigint FROM offline_allowance WHERE account_id = ?",
        a);
  }

  @ParameterizedTest
  @CsvSource({"capture, 1000", "void, 0", "void, 400", "expiry, 300"})
  void releaseTellsFraudTheCapturedAmount(String how, long movedMinor) {
    saga.release();
    if (how.equals("capture")) {
      capture(bob(), "{\"amountMinor\":1000,\"final\":true}");
    } else {
      if (movedMinor > 0) {
        capture(bob(), amount(movedMinor));
      }
      assertThat(saga.release()).as("nothing while the rest is held").isZero();
      if (how.equals("void")) {
        voided(alice());
      } else {
        clock.advance(Duration.ofDays(8));
        saga.recover();
      }
    }

    assertThat(saga.release()).isPositive();
    assertThat(FRAUD.releasedWith(held)).isEqualTo("movedMinor=" + movedMinor);
    assertThat(saga.release()).as("once").isZero();
  }

  @Test
  void fullCaptureOwesNoRelease() {
    capture(bob(), amount(4_000));
    capture(bob(), "");
    saga.release();

    assertThat(FRAUD.hasReleased(held)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "{\"amountMinor\":0}",
        "{\"amountMinor\":1.5}",
        "{\"amountMinor\":\"10\"}",
        "{\"amountMinor\":9007199254740992}",
        "{\"final\":\"yes\"}",
        "{\"final\":1}",
        "{\"amount\":1}"
      })
  void aBodyThatIsNoneIsMalformed(String body) {
    assertThat(capture(bob(), body).status()).isEqualTo(400);
    assertThat(seen().get("capturedMinor").asLong()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"SOON\"", "1", "\"manual\"", "[]"})
  void aCaptureIsAutomaticOrManual(String capture) {
    assertThat(
            post(
                    "/v1/transfers",
                    alice(),
                    UUID.randomUUID(),
                    body(a, b, "5").replace("}", ",\"capture\":" + capture + "}"))
                .status())
        .isEqualTo(400);
  }

  @Test
  void itsEventsTellEachStep() {
    capture(bob(), amount(4_000));
    capture(bob(), "{\"amountMinor\":1000,\"final\":true}");

    assertThat(
            value(
                String.class,
                "SELECT string_agg(type || ' ' || (payload ->> 'capturedMinor'), ', '"
                    + " ORDER BY aggregate_seq) FROM outbox WHERE aggregate_id = ?",
                held))
        .isEqualTo(
            "TransferHeld 0, TransferAuthorized 0, TransferCaptured 4000, TransferPosted 5000");
  }

  @Test
  void itsTimelineIsThePayersAndTellsEachStep() {
    capture(bob(), amount(4_000));
    voided(bob());

    assertThat(seen().get("timeline"))
        .extracting(step -> step.get("status").asString() + " " + step.get("capturedMinor"))
        .containsExactly("PENDING 0", "HELD 0", "HELD 4000", "VOIDED 4000");
    assertThat(get("/v1/transfers/" + held, bob()).json().has("timeline")).isFalse();
  }

  private Answer hold(UUID command, long minor) {
    return post(
        "/v1/transfers",
        alice(),
        command,
        body(a, b, Long.toString(minor)).replace("}", ",\"capture\":\"MANUAL\"}"));
  }

  private Answer capture(String token, String body) {
    return post(path(held, "capture"), token, UUID.randomUUID(), body);
  }

  private Answer voided(String token) {
    return post(path(held, "void"), token, UUID.randomUUID(), "");
  }

  private JsonNode seen() {
    return get("/v1/transfers/" + held, alice()).json();
  }

  private static String path(UUID transfer, String what) {
    return "/v1/transfers/" + transfer + "/" + what;
  }

  private static String amount(long minor) {
    return "{\"amountMinor\":" + minor + "}";
  }
}
