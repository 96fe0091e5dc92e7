package dev.payledger.ledger.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.ledger.FraudDouble.Mood;
import dev.payledger.ledger.LedgerUnderTest;
import dev.payledger.ledger.command.Fingerprint;
import dev.payledger.ledger.command.JournalCommand.ChangeOutcome;
import dev.payledger.ledger.command.JournalCommand.VoidTransfer;
import dev.payledger.ledger.saga.SagaStepper;
import java.sql.SQLException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;
import tools.jackson.databind.JsonNode;

/// A transfer that fraud screening could not be asked about, and what an operator does: alice pays bob
/// 9,000 while fraud-service fails.
@Import(SagaStepper.class)
class ReviewIT extends LedgerUnderTest {
  private static final String HELD = "/v1/operator/held-transfers";

  @Autowired private SagaStepper saga;

  private UUID a;
  private UUID b;
  private UUID asked;
  private UUID waiting;

  @BeforeEach
  void oneWaits() {
    a = account("alice", 50_000);
    b = account("bob", 0);
    FRAUD.become(Mood.FAILS);
    asked = UUID.randomUUID();
    waiting = transferOf(asked);
    assertThat(transfer(alice(), asked, a, b, 9_000).status()).isEqualTo(202);
  }

  /// None waits, and nothing is owed to fraud screening, when the next test begins.
  @AfterEach
  void noneWaits() {
    FRAUD.become(Mood.APPROVES);
    clock.advance(Duration.ofMinutes(1));
    saga.recover();
    saga.release();
  }

  @Test
  void itIsListedWhileItWaitsAndNoLonger() {
    assertThat(listed()).contains(waiting.toString());
    JsonNode item = item();
    assertThat(item.get("transfer").get("amountMinor").asLong()).isEqualTo(9_000);
    assertThat(item.get("attempts").asInt()).isZero();
    assertThat(item.get("heldSince").asString()).isNotEmpty();
    FRAUD.become(Mood.APPROVES);
    clock.advance(Duration.ofMinutes(1));
    saga.recover();

    assertThat(status(waiting)).isEqualTo("POSTED");
    assertThat(listed()).doesNotContain(waiting.toString());
  }

  @Test
  void theListHasPages() {
    clock.advance(Duration.ofMillis(1));
    UUID another = UUID.randomUUID();
    transfer(alice(), another, a, b, 9_001);
    List<String> ids = new ArrayList<>();
    String next = "";
    do {
      JsonNode page = get(HELD + "?limit=1" + next, operator()).json();
      page.get("items").forEach(item -> ids.add(item.get("transfer").get("id").asString()));
      next = page.has("next") ? "&cursor=" + page.get("next").asString() : null;
    } while (next != null);

    assertThat(ids)
        .doesNotHaveDuplicates()
        .contains(waiting.toString(), transferOf(another).toString());
    assertThat(ids.indexOf(waiting.toString()))
        .isLessThan(ids.indexOf(transferOf(another).toString()));
  }

  @Test
  void anApprovalPostsItWithoutFraudScreening() {
    Answer answer = review(operator(), "APPROVE");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().get("status").asString()).isEqualTo("POSTED");
    assertThat(balanceMinor(b)).isEqualTo(9_000);
    assertThat(
            value(
                String.class,
                "SELECT decision || ', ' || reason || ', ' || decided_by FROM review_decision"
                    + " WHERE transfer_id = ?",
                waiting))
        .isEqualTo("APPROVE, looked at, operator");
  }

  /// Blocked while it waited: fraud screening did not see it, and the operator may not know.
  @Test
  void anApprovalMovesNothingToABlockedAccount() {
    blockedAccount(b, true);

    Answer answer = review(operator(), "APPROVE");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().get("rejection").asString()).isEqualTo("fraud-declined");
    assertThat(balanceMinor(b)).isZero();
    assertThat(heldMinor(a)).isZero();
  }

  @Test
  void aRejectionGivesTheFundsBackAndTellsFraudScreening() {
    Answer answer = review(operator(), "REJECT");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().get("rejection").asString()).isEqualTo("review-rejected");
    assertThat(heldMinor(a)).isZero();
    assertThat(transfer(alice(), asked, a, b, 9_000).code()).isEqualTo("review-rejected");
    FRAUD.become(Mood.APPROVES);
    saga.release();
    assertThat(FRAUD.hasReleased(waiting)).isTrue();
  }

  @Test
  void aRetryAsksFraudScreeningAgainNow() {
    assertThat(review(operator(), "RETRY").status()).as("still away").isEqualTo(202);
    FRAUD.become(Mood.APPROVES);
    Answer answer = review(operator(), "RETRY");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().get("status").asString()).isEqualTo("POSTED");
  }

  @Test
  void theFirstDecisionStands() throws Exception {
    List<Future<Answer>> words = new ArrayList<>();
    try (ExecutorService operators = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 6; i++) {
        String decision = i % 2 == 0 ? "APPROVE" : "REJECT";
        words.add(operators.submit(() -> review(operator(), decision)));
      }
    }
    String stands =
        value(String.class, "SELECT decision FROM review_decision WHERE transfer_id = ?", waiting);
    for (int i = 0; i < words.size(); i++) {
      Answer answer = words.get(i).get();
      if ((i % 2 == 0 ? "APPROVE" : "REJECT").equals(stands)) {
        assertThat(answer.status()).isIn(200, 202);
      } else {
        assertThat(answer.code()).isEqualTo("already-decided");
      }
    }
    clock.advance(Duration.ofMinutes(1));
    saga.recover();
    assertThat(status(waiting)).isEqualTo(stands.equals("APPROVE") ? "POSTED" : "REJECTED");
  }

  /// As after a crash between the decision and what follows from it.
  @Test
  void aDecisionThatWasWrittenDownIsCarriedOutByARecovery() throws Exception {
    writeDown("APPROVE");
    clock.advance(Duration.ofMinutes(1));
    saga.recover();

    assertThat(status(waiting)).isEqualTo("POSTED");
  }

  @ParameterizedTest
  @CsvSource({"APPROVE, POSTED", "REJECT, REJECTED"})
  void aDecisionTakenInTimeIsCarriedOutAfterTheExpiry(String decision, String status)
      throws Exception {
    writeDown(decision);

    clock.advance(Duration.ofMinutes(16));
    saga.recover();

    assertThat(status(waiting)).isEqualTo(status);
  }

  @Test
  void aVoidWinsAgainstAnApproval() throws Exception {
    writeDown("APPROVE");
    VoidTransfer end =
        new VoidTransfer(UUID.randomUUID(), Fingerprint.of(List.of(waiting)), waiting);
    assertThat(journal.submit(end, Duration.ofSeconds(10)))
        .isEqualTo(new ChangeOutcome.Requested());

    clock.advance(Duration.ofMinutes(16));
    saga.recover();

    assertThat(status(waiting)).isEqualTo("VOIDED");
  }

  @Test
  void aDecisionAfterTheExpiryIsNone() {
    clock.advance(Duration.ofMinutes(16));

    assertThat(review(operator(), "APPROVE").code()).isEqualTo("not-held-for-review");

    assertThat(status(waiting)).isEqualTo("EXPIRED");
    assertThat(
            value(
                Long.class, "SELECT count(*) FROM review_decision WHERE transfer_id = ?", waiting))
        .isZero();
  }

  @Test
  void whatDoesNotWaitIsNotReviewed() {
    FRAUD.become(Mood.APPROVES);
    UUID posted = UUID.randomUUID();
    transfer(alice(), posted, a, b, 10);
    for (String decision : List.of("RETRY", "APPROVE", "REJECT")) {
      assertThat(review(operator(), transferOf(posted), decision).code())
          .isEqualTo("not-held-for-review");
    }
    assertThat(review(operator(), UUID.randomUUID(), "APPROVE").status()).isEqualTo(404);
  }

  @Test
  void itIsAnOperatorsBusiness() {
    assertThat(get(HELD, alice()).status()).isEqualTo(403);
    assertThat(review(alice(), "APPROVE").status()).isEqualTo(403);
    assertThat(status(waiting)).isEqualTo("PENDING");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"decision\":\"APPROVE\"}",
        "{\"decision\":\"PERHAPS\",\"reason\":\"x\"}",
        "{\"decision\":1,\"reason\":\"x\"}",
        "{\"decision\":\"APPROVE\",\"reason\":\" \"}",
        "{\"decision\":\"APPROVE\",\"reason\":\"x\\u0000\"}",
        "{\"decision\":\"APPROVE\",\"reason\":\"x\",\"more\":1}"
      })
  void aWordThatIsNoneIsMalformed(String body) {
    assertThat(post(path(waiting), operator(), UUID.randomUUID(), body).status()).isEqualTo(400);
    assertThat(status(waiting)).isEqualTo("PENDING");
  }

  /// As by a process that died then.
  private void writeDown(String decision) throws SQLException {
    try (var app = as("ledger_app");
        var statement =
            app.prepareStatement("INSERT INTO review_decision VALUES (?, ?, 'x', 'operator', ?)")) {
      statement.setObject(1, waiting);
      statement.setString(2, decision);
      statement.setObject(3, clock.instant().atOffset(ZoneOffset.UTC));
      statement.execute();
    }
  }

  private Answer review(String token, String decision) {
    return review(token, waiting, decision);
  }

  private Answer review(String token, UUID transfer, String decision) {
    return post(
        path(transfer),
        token,
        UUID.randomUUID(),
        "{\"decision\":\"" + decision + "\",\"reason\":\"looked at\"}");
  }

  private static String path(UUID transfer) {
    return HELD + "/" + transfer + "/review";
  }

  private String listed() {
    return get(HELD + "?limit=200", operator()).text();
  }

  private JsonNode item() {
    for (JsonNode item : get(HELD + "?limit=200", operator()).json().get("items")) {
      if (item.get("transfer").get("id").asString().equals(waiting.toString())) {
        return item;
      }
    }
    throw new AssertionError("not listed");
  }
}
