package dev.payledger.ledger.saga;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.kit.deadline.Deadline;
import dev.payledger.ledger.FraudDouble.Mood;
import dev.payledger.ledger.command.JournalCommand.PostOutcome;
import dev.payledger.ledger.command.JournalCommand.PostTransfer;
import dev.payledger.ledger.command.JournalCommand.StartCompensation;
import dev.payledger.ledger.command.JournalCommand.StepOutcome;
import dev.payledger.ledger.command.JournalCommand.VoidHold;
import dev.payledger.ledger.command.SagaStep;
import dev.payledger.ledger.money.RejectionReason;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.annotation.Autowired;

/// The end of a transfer when fraud-service declines it, answers nothing or nonsense, and when time
/// runs out.
class SagaStepsIT extends SagaFixture {
  private static final Duration LIFETIME = Duration.ofMinutes(15);

  /// As long as fraud-service is waited for.
  private static final Duration CALL = Duration.ofSeconds(3);

  private static final Duration LESS_THAN_A_CALL = Duration.ofMillis(2_900);
  private static final Duration TWO_CALLS = CALL.multipliedBy(2);

  @Autowired private ReleaseRun releases;
  @Autowired private TransferSaga saga;
  @Autowired private SagaTransfers transfers;

  @Test
  void aDeclinedTransferGivesItsFundsBackAndSaysSoPermanently() {
    UUID a = account("alice", 20_000);
    UUID b = account("bob", 0);
    UUID command = UUID.randomUUID();
    FRAUD.become(Mood.DECLINES);

    Answer declined = transfer(alice(), command, a, b, LARGE);
    FRAUD.become(Mood.APPROVES);
    Answer again = transfer(alice(), command, a, b, LARGE);

    assertThat(declined.status()).isEqualTo(422);
    assertThat(declined.code()).isEqualTo("fraud-declined");
    assertThat(declined.json().get("transferId").asString())
        .isEqualTo(transferOf(command).toString());
    assertThat(again.text()).isEqualTo(declined.text());
    assertThat(status(transferOf(command))).isEqualTo("REJECTED");
    assertThat(screening(transferOf(command))).isEqualTo("DECLINED");
    assertThat(hold(transferOf(command))).isEqualTo("VOIDED");
    assertThat(FRAUD.hasReleased(transferOf(command))).isTrue();
    assertMoney(a, 20_000, 0);
    assertMoney(b, 0, 0);
  }

  @Test
  void aTransferThatFraudReleasedBeforeItWasScreenedIsNotPosted() throws Exception {
    UUID a = account("alice", 20_000);
    UUID b = account("bob", 0);
    UUID command = UUID.randomUUID();
    try (HttpClient http = HttpClient.newHttpClient()) {
      http.send(
          HttpRequest.newBuilder(URI.create(FRAUD.url() + "/assessments/" + transferOf(command)))
              .header("Request-Timeout-Ms", "1000")
              .header("Authorization", "Bearer fraud-credential-demo")
              .DELETE()
              .build(),
          HttpResponse.BodyHandlers.discarding());
    }

    Answer answer = transfer(alice(), command, a, b, 10);

    assertThat(answer.code()).isEqualTo("fraud-declined");
    assertThat(entries(transferOf(command))).isZero();
    assertMoney(a, 20_000, 0);
  }

  @ParameterizedTest
  @EnumSource(
      names = {
        "HANGS",
        "FAILS",
        "ANSWERS_GARBAGE",
        "ANSWERS_ABOUT_ANOTHER_TRANSFER",
        "ANSWERS_AT_LENGTH"
      })
  void whatIsNotAReadableApprovalIsNoApproval(Mood mood) {
    UUID a = account("alice", 20_000);
    UUID b = account("bob", 0);
    UUID large = UUID.randomUUID();
    FRAUD.become(mood);

    UUID first = UUID.randomUUID();
    Answer small = transfer(alice(), first, a, b, SMALL);
    Answer pending = transfer(alice(), large, a, b, LARGE);

    if (mood == Mood.HANGS) {
      // One answer that does not come is no outage: it is asked about once more.
      assertThat(small.status()).isEqualTo(202);
      clock.advance(Duration.ofMinutes(1));
      recovery.runOnce();
      small = transfer(alice(), first, a, b, SMALL);
    }
    assertThat(small.status()).isEqualTo(201);
    assertThat(small.json().get("screening").asString()).isEqualTo("SKIPPED");
    assertThat(pending.status()).isEqualTo(202);
    assertThat(pending.json().get("status").asString()).isEqualTo("PENDING");
    assertThat(pending.response().headers().firstValue("Location"))
        .contains("/v1/transfers/" + transferOf(large));
    assertThat(FRAUD.hasAssessed(transferOf(large))).isTrue();
    assertMoney(a, 15_000, LARGE);
    assertMoney(b, SMALL, 0);

    FRAUD.become(Mood.APPROVES);
    clock.advance(PAUSE_MAX);
    recovery.runOnce();
    recovery.runOnce();

    assertThat(transfer(alice(), large, a, b, LARGE).status()).isEqualTo(201);
    assertThat(screening(transferOf(large))).isEqualTo("APPROVED");
    assertThat(entries(transferOf(large))).isEqualTo(1);
    assertMoney(a, 15_000 - LARGE, 0);
    assertMoney(b, SMALL + LARGE, 0);
  }

  @Test
  void afterEnoughFailuresTheBreakerOpensAndFraudIsLeftAlone() {
    UUID a = account("alice", 20_000);
    UUID b = account("bob", 0);
    breaker().reset();
    FRAUD.become(Mood.FAILS);
    int window = breaker().getCircuitBreakerConfig().getSlidingWindowSize();
    for (int i = 0; i < window; i++) {
      assertThat(breaker().getState()).isEqualTo(CircuitBreaker.State.CLOSED);
      transfer(alice(), UUID.randomUUID(), a, b, 1);
    }
    assertThat(breaker().getState()).isEqualTo(CircuitBreaker.State.OPEN);
    int calls = FRAUD.calls();

    FRAUD.become(Mood.APPROVES);
    Answer small = transfer(alice(), UUID.randomUUID(), a, b, 1);
    Answer large = transfer(alice(), UUID.randomUUID(), a, b, LARGE);

    assertThat(small.json().get("screening").asString()).isEqualTo("SKIPPED");
    assertThat(large.status()).isEqualTo(202);
    assertThat(FRAUD.calls()).isEqualTo(calls);

    breaker().transitionToHalfOpenState();
    for (int i = 0; i < 3; i++) {
      assertThat(transfer(alice(), UUID.randomUUID(), a, b, 1).json().get("screening").asString())
          .isEqualTo("APPROVED");
    }
    assertThat(breaker().getState()).isEqualTo(CircuitBreaker.State.CLOSED);
  }

  @Test
  void aTransferPastItsTimeGivesItsFundsBack() {
    UUID a = account("alice", 20_000);
    UUID b = account("bob", 0);
    UUID command = UUID.randomUUID();
    FRAUD.become(Mood.FAILS);
    assertThat(transfer(alice(), command, a, b, LARGE).status()).isEqualTo(202);

    // Approval would come now, and comes too late.
    FRAUD.become(Mood.APPROVES);
    clock.advance(LIFETIME);
    recovery.runOnce();

    assertThat(status(transferOf(command))).isEqualTo("EXPIRED");
    assertThat(hold(transferOf(command))).isEqualTo("EXPIRED");
    assertThat(entries(transferOf(command))).isZero();
    assertThat(FRAUD.hasReleased(transferOf(command))).isTrue();
    assertMoney(a, 20_000, 0);
    assertMoney(b, 0, 0);
    Answer again = transfer(alice(), command, a, b, LARGE);
    assertThat(again.status()).isEqualTo(422);
    assertThat(again.code()).isEqualTo("transfer-expired");
    assertThat(again.json().get("transferId").asString()).isEqualTo(transferOf(command).toString());
    assertThat(transfer(alice(), UUID.randomUUID(), a, b, 20_000).status()).isEqualTo(201);
  }

  @Test
  void aTransferIsNotGivenUpBeforeItsTime() {
    UUID a = account("alice", 20_000);
    UUID command = UUID.randomUUID();
    FRAUD.become(Mood.FAILS);
    transfer(alice(), command, a, account("bob", 0), LARGE);

    clock.advance(LIFETIME.minusMillis(1));
    assertThat(recovery.runOnce()).isPositive();

    assertThat(status(transferOf(command))).isEqualTo("PENDING");
    assertMoney(a, 20_000, LARGE);
  }

  @Test
  void fundsDoNotWaitForFraudToTakeARelease() {
    UUID a = account("alice", 20_000);
    UUID command = UUID.randomUUID();
    FRAUD.become(Mood.REFUSES_RELEASES);

    Answer declined = transfer(alice(), command, a, account("bob", 0), LARGE);

    assertThat(declined.code()).isEqualTo("fraud-declined");
    assertMoney(a, 20_000, 0);
    assertThat(releaseOwed(transferOf(command))).isTrue();
    releases.runOnce();
    assertThat(releaseOwed(transferOf(command))).isTrue();
    assertThat(attemptsAtRelease(transferOf(command))).isEqualTo(1);
    FRAUD.become(Mood.APPROVES);
    releases.runOnce();
    assertThat(attemptsAtRelease(transferOf(command)))
        .as("not before its pause is over")
        .isEqualTo(1);

    clock.advance(LEASE.plus(PAUSE_MAX));
    releases.runOnce();

    assertThat(FRAUD.hasReleased(transferOf(command))).isTrue();
    assertThat(releaseOwed(transferOf(command))).isFalse();
    clock.advance(LEASE.plus(PAUSE_MAX));
    releases.runOnce();
    assertThat(attemptsAtRelease(transferOf(command))).as("delivered once").isEqualTo(2);
  }

  @Test
  void aReleaseThatArrivedIsNotOwed() {
    UUID a = account("alice", 20_000);
    UUID command = UUID.randomUUID();
    FRAUD.become(Mood.DECLINES);

    transfer(alice(), command, a, account("bob", 0), LARGE);

    assertThat(FRAUD.hasReleased(transferOf(command))).isTrue();
    assertThat(
            value(
                Long.class,
                "SELECT count(*) FROM screening_release WHERE transfer_id = ?",
                transferOf(command)))
        .isZero();
  }

  @Test
  void aCrashAfterTurningBackDoesNotForgetWhy() {
    UUID a = account("alice", 20_000);
    UUID b = account("bob", 0);
    UUID transfer = heldBySomebodyElse(a, b, LARGE, clock.instant());
    assertThat(
            journal.submit(
                new StartCompensation(transfer, 1, RejectionReason.ACCOUNT_UNUSABLE), TIME))
        .isEqualTo(new StepOutcome.Applied());
    assertThat(journal.submit(new PostTransfer(transfer, 1, 1, null), TIME))
        .as("no way forward any more")
        .isEqualTo(new PostOutcome.Fenced());
    assertThat(journal.submit(new VoidHold(transfer, 2, true), TIME))
        .as("nor by an owner that never was")
        .isEqualTo(new StepOutcome.Fenced());

    // Neither an approval nor the passing of time gives it another end.
    clock.advance(LIFETIME);
    recovery.runOnce();

    assertThat(status(transfer)).isEqualTo("REJECTED");
    assertThat(rejection(transfer)).isEqualTo("account-unusable");
    assertThat(FRAUD.hasReleased(transfer)).isTrue();
    assertThat(FRAUD.hasAssessed(transfer)).isFalse();
    assertMoney(a, 20_000, 0);
  }

  @Test
  void aCreditAccountFrozenAfterTheHoldTurnsTheTransferBack() {
    UUID a = account("alice", 20_000);
    UUID b = account("bob", 0);
    UUID transfer = heldBySomebodyElse(a, b, LARGE, clock.instant());
    assertThat(post("/v1/accounts/" + b + "/freeze", operator(), UUID.randomUUID(), "").status())
        .isEqualTo(200);

    recovery.runOnce();

    assertThat(status(transfer)).isEqualTo("REJECTED");
    assertThat(rejection(transfer)).isEqualTo("account-unusable");
    assertThat(hold(transfer)).isEqualTo("VOIDED");
    assertThat(FRAUD.hasReleased(transfer)).isTrue();
    assertMoney(a, 20_000, 0);
    assertMoney(b, 0, 0);
  }

  @Test
  void aDebitAccountFrozenAfterTheHoldDoesNotStopTheTransfer() {
    UUID a = account("alice", 20_000);
    UUID b = account("bob", 0);
    UUID transfer = heldBySomebodyElse(a, b, LARGE, clock.instant());
    post("/v1/accounts/" + a + "/freeze", alice(), UUID.randomUUID(), "");

    recovery.runOnce();

    assertThat(status(transfer)).isEqualTo("POSTED");
  }

  @Test
  void aRequestWithoutTimeForScreeningIsFinishedByTheRecovery() {
    UUID a = account("alice", 20_000);
    UUID b = account("bob", 0);
    UUID command = UUID.randomUUID();

    Answer answer = transferWithin(LESS_THAN_A_CALL, command, a, b, LARGE);

    assertThat(answer.status()).isEqualTo(202);
    assertThat(FRAUD.hasAssessed(transferOf(command))).isFalse();
    recovery.runOnce();
    assertThat(status(transferOf(command))).isEqualTo("POSTED");
  }

  @Test
  void fraudIsToldHowLongItsAnswerIsWaitedForAndThatIsLessThanTheCallerWaits() {
    UUID a = account("alice", 20_000);
    UUID b = account("bob", 0);

    transfer(alice(), UUID.randomUUID(), a, b, 10);
    assertThat(FRAUD.timeoutMs()).isEqualTo(CALL.toMillis());

    FRAUD.become(Mood.HANGS);
    long began = System.nanoTime();
    Answer answer = transferWithin(TWO_CALLS, UUID.randomUUID(), a, b, LARGE);
    assertThat(answer.status()).isEqualTo(202);
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(TWO_CALLS);
    assertThat(FRAUD.timeoutMs()).isBetween(1L, CALL.toMillis());
  }

  @Test
  void withoutTimeToHearFraudTheReleaseIsOwedAndTheFundsAreBackInTime() {
    UUID a = account("alice", 20_000);
    UUID transfer = heldBySomebodyElse(a, account("bob", 0), LARGE, clock.instant());
    journal.submit(new StartCompensation(transfer, 1, RejectionReason.ACCOUNT_UNUSABLE), TIME);
    int calls = FRAUD.calls();

    saga.run(
        new SagaLease(transfer, 1, 0, SagaStep.COMPENSATE, false),
        transfers.find(transfer),
        Deadline.after(LESS_THAN_A_CALL));

    assertThat(FRAUD.calls()).isEqualTo(calls);
    assertThat(status(transfer)).isEqualTo("REJECTED");
    assertMoney(a, 20_000, 0);
    releases.runOnce();
    assertThat(FRAUD.hasReleased(transfer)).isTrue();
  }

  @Test
  void anAccountsHistoryDoesNotGoBackWhenTheClockDoes() {
    UUID a = account("alice", 20_000);
    UUID b = account("bob", 0);
    clock.advance(Duration.ofMinutes(2));
    UUID earlier = UUID.randomUUID();
    transfer(alice(), earlier, a, b, 10);

    clock.advance(Duration.ofMinutes(-2));
    UUID later = UUID.randomUUID();
    transfer(alice(), later, a, b, 10);

    String postedAt = "SELECT posted_at FROM journal_entry WHERE transfer_id = ?";
    assertThat(value(OffsetDateTime.class, postedAt, transferOf(later)))
        .isEqualTo(value(OffsetDateTime.class, postedAt, transferOf(earlier)));
    // So that nothing is stamped with a time to come when the books are checked.
    clock.advance(Duration.ofMinutes(2));
  }

  private Answer transferWithin(Duration time, UUID command, UUID debit, UUID credit, long minor) {
    return send(
        request("/v1/transfers", alice())
            .header("Content-Type", "application/json")
            .header("Command-Id", command.toString())
            .header("Request-Timeout-Ms", Long.toString(time.toMillis()))
            .POST(HttpRequest.BodyPublishers.ofString(body(debit, credit, Long.toString(minor)))));
  }

  private static String rejection(UUID transfer) {
    return value(String.class, "SELECT rejection FROM transfer WHERE id = ?", transfer);
  }

  private static int attemptsAtRelease(UUID transfer) {
    return value(
        Integer.class, "SELECT attempts FROM screening_release WHERE transfer_id = ?", transfer);
  }
}
