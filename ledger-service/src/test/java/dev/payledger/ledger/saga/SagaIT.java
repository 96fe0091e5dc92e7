package dev.payledger.ledger.saga;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.payledger.kit.deadline.Deadline;
import dev.payledger.ledger.FraudDouble.Mood;
import dev.payledger.ledger.LedgerUnderTest;
import dev.payledger.ledger.journal.JournalCommand.PostOutcome;
import dev.payledger.ledger.journal.JournalCommand.PostTransfer;
import dev.payledger.ledger.journal.JournalCommand.TurnBack;
import dev.payledger.ledger.journal.JournalCommand.TurnOutcome;
import dev.payledger.ledger.journal.JournalCommand.VoidHold;
import dev.payledger.ledger.journal.JournalDefect;
import dev.payledger.ledger.journal.RejectionReason;
import dev.payledger.ledger.journal.SagaStep;
import dev.payledger.testkit.Postgres;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.annotation.Autowired;

/// What becomes of a transfer when fraud-service says no, says nothing or nonsense, when time runs
/// out, and when its owner dies or sleeps. Amounts: a transfer of up to 5,000 may pass unscreened,
/// 15,000 per account and hour.
class SagaIT extends LedgerUnderTest {
  private static final Duration TIME = Duration.ofSeconds(20);
  private static final Duration LEASE = Duration.ofSeconds(10);
  private static final Duration PAUSE_MAX = Duration.ofSeconds(30);
  private static final Duration LIFETIME = Duration.ofMinutes(15);

  /// As long as fraud-service is waited for.
  private static final Duration CALL = Duration.ofSeconds(3);

  private static final Duration LESS_THAN_A_CALL = Duration.ofMillis(2_900);
  private static final Duration TWO_CALLS = CALL.multipliedBy(2);
  private static final long SMALL = 5_000;
  private static final long LARGE = 5_001;
  private static final String WARNING = "RAISE WARNING 'not replicated'";
  private static final String CONFLICT = "RAISE EXCEPTION 'planted' USING ERRCODE = '40001'";

  @Autowired private RecoveryRun recovery;
  @Autowired private ReleaseRun releases;
  @Autowired private TransferSaga saga;
  @Autowired private SagaClaims claims;
  @Autowired private SagaTransfers transfers;

  /// Accounts have a new allowance each hour: none begins in the middle of a test.
  @BeforeEach
  void anHourBegins() {
    clock.set(startOfNextHour());
  }

  /// Whatever a test left unfinished ends here, so that it is not in the next one's way.
  @AfterEach
  void everySagaEnds() {
    FRAUD.become(Mood.APPROVES);
    breaker().reset();
    for (int pass = 0; pass < 10; pass++) {
      clock.advance(LEASE.plus(PAUSE_MAX).plusMillis(1));
      if (recovery.runOnce() == 0) {
        return;
      }
    }
    throw new AssertionError("sagas left unfinished");
  }

  @Test
  void aDeclinedTransferGivesItsFundsBackAndSaysSoForEver() {
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
  void smallTransfersPassUnscreenedWithinTheirAccountsAllowance() {
    UUID a = account("alice", 30_000);
    UUID other = account("alice", 30_000);
    UUID b = account("bob", 0);
    FRAUD.become(Mood.FAILS);

    for (int i = 0; i < 3; i++) {
      assertThat(transfer(alice(), UUID.randomUUID(), a, b, SMALL).status()).isEqualTo(201);
    }
    UUID beyond = UUID.randomUUID();
    Answer pending = transfer(alice(), beyond, a, b, 1);

    assertThat(pending.status()).isEqualTo(202);
    assertMoney(a, 15_000, 1);
    assertThat(hold(transferOf(beyond))).isEqualTo("HELD");
    assertThat(transfer(alice(), UUID.randomUUID(), other, b, SMALL).status()).isEqualTo(201);

    clock.advance(PAUSE_MAX);
    recovery.runOnce();
    assertThat(status(transferOf(beyond))).isEqualTo("PENDING");
    clock.set(startOfNextHour());
    assertThat(transfer(alice(), UUID.randomUUID(), a, b, SMALL).status()).isEqualTo(201);
  }

  /// However many accounts an owner opens.
  @Test
  void oneOwnersAccountsShareItsAllowance() {
    UUID b = account("bob", 0);
    List<UUID> hers = Stream.generate(() -> account("alice", SMALL)).limit(7).toList();
    UUID seventh = hers.getLast();
    UUID others = account("bob", SMALL);
    FRAUD.become(Mood.FAILS);

    for (UUID another : hers.subList(0, 6)) {
      assertThat(transfer(alice(), UUID.randomUUID(), another, b, SMALL).status()).isEqualTo(201);
    }

    assertThat(transfer(alice(), UUID.randomUUID(), seventh, b, 1).status()).isEqualTo(202);
    assertThat(transfer(bob(), UUID.randomUUID(), others, b, 1).status()).isEqualTo(201);
    assertMoney(b, 6 * SMALL + 1, 0);
  }

  @ParameterizedTest
  @CsvSource({"false, 1", "false, 5001", "true, 1", "true, 5001"})
  void aBlockedAccountIsDeclinedWhileFraudIsAway(boolean isBreakerOpen, long minor) {
    UUID a = account("alice", 20_000);
    UUID blocked = account("alice", 20_000);
    UUID b = account("bob", 0);
    blockedAccount(blocked, true);
    FRAUD.become(Mood.FAILS);
    if (isBreakerOpen) {
      breaker().transitionToOpenState();
    }

    Answer to = transfer(alice(), UUID.randomUUID(), a, blocked, minor);
    Answer from = transfer(alice(), UUID.randomUUID(), blocked, b, minor);
    Answer inALeg =
        post(
            "/v1/transfers",
            alice(),
            UUID.randomUUID(),
            """
            {"legs":[{"debitAccountId":"%1$s","creditAccountId":"%2$s","amountMinor":%4$d},
              {"debitAccountId":"%1$s","creditAccountId":"%3$s","amountMinor":1}],"currency":"EUR"}
            """
                .formatted(a, b, blocked, minor));

    assertThat(List.of(to.code(), from.code(), inALeg.code())).containsOnly("fraud-declined");
    UUID transfer = UUID.fromString(to.json().get("transferId").asString());
    assertThat(screening(transfer)).isEqualTo("DECLINED");
    assertThat(releaseOwed(transfer)).as("fraud is told when it is back").isTrue();
    assertMoney(a, 20_000, 0);
    assertMoney(blocked, 20_000, 0);
    blockedAccount(blocked, false);
    assertThat(transfer(alice(), UUID.randomUUID(), a, blocked, 1).status()).isEqualTo(201);
  }

  @Test
  void nothingPassesUnscreenedBeforeTheListOfBlockedAccountsHasArrived() {
    UUID a = account("alice", 20_000);
    UUID b = account("bob", 0);
    UUID command = UUID.randomUUID();
    UUID transfer = transferOf(command);
    superuser("DELETE FROM blocked_account");
    FRAUD.become(Mood.FAILS);

    assertThat(transfer(alice(), command, a, b, 1).status()).isEqualTo(202);
    assertThat(status(transfer)).isEqualTo("PENDING");
    assertMoney(a, 20_000, 1);

    theListOfBlockedAccountsIsComplete();
    clock.advance(PAUSE_MAX);
    recovery.runOnce();
    assertThat(screening(transfer)).isEqualTo("SKIPPED");
  }

  @Test
  void twoTransfersAtOnceDoNotShareTheRestOfTheAllowance() throws Exception {
    UUID a = account("alice", 30_000);
    UUID b = account("bob", 0);
    FRAUD.become(Mood.FAILS);

    List<Future<Answer>> answers = new ArrayList<>();
    try (ExecutorService callers = Executors.newFixedThreadPool(6)) {
      for (int i = 0; i < 6; i++) {
        answers.add(callers.submit(() -> transfer(alice(), UUID.randomUUID(), a, b, SMALL)));
      }
    }

    List<Integer> statuses = new ArrayList<>();
    for (Future<Answer> answer : answers) {
      statuses.add(answer.get().status());
    }
    assertThat(statuses).containsExactlyInAnyOrder(201, 201, 201, 202, 202, 202);
    assertMoney(a, 15_000, 15_000);
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
  void aDeadOwnersTransferIsLeftAloneUntilItsLeaseIsOverAndThenFinishedOnce() {
    UUID a = account("alice", 20_000);
    UUID b = account("bob", 0);
    UUID transfer = heldBySomebodyElse(a, b, LARGE, clock.instant().plus(LEASE));

    clock.advance(LEASE.minusMillis(1));
    recovery.runOnce();
    assertThat(epoch(transfer)).isEqualTo(1);
    assertThat(FRAUD.hasAssessed(transfer)).isFalse();
    assertMoney(a, 20_000, LARGE);

    clock.advance(Duration.ofMillis(1));
    recovery.runOnce();
    recovery.runOnce();

    assertThat(status(transfer)).isEqualTo("POSTED");
    assertThat(epoch(transfer)).isEqualTo(2);
    assertThat(entries(transfer)).isEqualTo(1);
    assertMoney(a, 20_000 - LARGE, 0);
    assertMoney(b, LARGE, 0);
  }

  @Test
  void anOwnerThatWakesUpAfterItsLeaseWritesNothing() {
    UUID a = account("alice", 20_000);
    UUID b = account("bob", 0);
    UUID transfer = heldBySomebodyElse(a, b, LARGE, clock.instant());
    FRAUD.become(Mood.FAILS);
    recovery.runOnce();
    assertThat(epoch(transfer)).isEqualTo(2);
    String before = everythingAbout(transfer, a, b);

    assertThat(journal.submit(new PostTransfer(transfer, 1, 1, null), TIME))
        .isEqualTo(new PostOutcome.Fenced());
    assertThat(journal.submit(new TurnBack(transfer, 1, null), TIME))
        .isEqualTo(new TurnOutcome.Fenced());
    assertThat(journal.submit(new VoidHold(transfer, 1, true), TIME))
        .isEqualTo(new TurnOutcome.Fenced());
    claims.handBack(new SagaLease(transfer, 1, 0, SagaStep.SCREEN, false), Duration.ZERO);
    assertThat(everythingAbout(transfer, a, b)).isEqualTo(before);

    // The whole of it: it asks fraud again, and may do nothing about any answer.
    for (Mood mood : List.of(Mood.APPROVES, Mood.DECLINES, Mood.FAILS)) {
      FRAUD.become(mood);
      saga.run(
          new SagaLease(transfer, 1, 0, SagaStep.SCREEN, false),
          transfers.find(transfer),
          Deadline.after(TIME));
      assertThat(everythingAbout(transfer, a, b)).as(mood.name()).isEqualTo(before);
    }
    assertThat(FRAUD.hasReleased(transfer)).isFalse();
  }

  @Test
  void afterTheEndNobodyMovesATransferAgain() {
    UUID a = account("alice", 20_000);
    UUID b = account("bob", 0);
    UUID posted = UUID.randomUUID();
    transfer(alice(), posted, a, b, LARGE);
    String before = everythingAbout(transferOf(posted), a, b);

    // Its own owner, asking again, hears its own answer again.
    assertThat(journal.submit(new PostTransfer(transferOf(posted), 1, 1, null), TIME))
        .isEqualTo(new PostOutcome.Posted());
    assertThat(journal.submit(new PostTransfer(transferOf(posted), 2, 1, null), TIME))
        .isEqualTo(new PostOutcome.Fenced());
    assertThat(journal.submit(new TurnBack(transferOf(posted), 1, null), TIME))
        .isEqualTo(new TurnOutcome.Fenced());
    assertThat(journal.submit(new VoidHold(transferOf(posted), 1, true), TIME))
        .isEqualTo(new TurnOutcome.Fenced());

    assertThat(everythingAbout(transferOf(posted), a, b)).isEqualTo(before);
  }

  @Test
  void aCrashAfterTurningBackDoesNotForgetWhy() {
    UUID a = account("alice", 20_000);
    UUID b = account("bob", 0);
    UUID transfer = heldBySomebodyElse(a, b, LARGE, clock.instant());
    assertThat(journal.submit(new TurnBack(transfer, 1, RejectionReason.ACCOUNT_UNUSABLE), TIME))
        .isEqualTo(new TurnOutcome.Turned());
    assertThat(journal.submit(new PostTransfer(transfer, 1, 1, null), TIME))
        .as("no way forward any more")
        .isEqualTo(new PostOutcome.Fenced());
    assertThat(journal.submit(new VoidHold(transfer, 2, true), TIME))
        .as("nor by an owner that never was")
        .isEqualTo(new TurnOutcome.Fenced());

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
    journal.submit(new TurnBack(transfer, 1, RejectionReason.ACCOUNT_UNUSABLE), TIME);
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
  void twoRecoveriesAtOnceTakeUpEachSagaOnce() throws Exception {
    UUID a = account("alice", 300_000);
    UUID b = account("bob", 0);
    try (ExecutorService instances = Executors.newFixedThreadPool(2)) {
      for (int round = 0; round < 3; round++) {
        List<UUID> left = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
          left.add(heldBySomebodyElse(a, b, LARGE, clock.instant()));
        }
        CyclicBarrier start = new CyclicBarrier(2);
        Callable<Integer> pass =
            () -> {
              start.await();
              return recovery.runOnce();
            };
        Future<Integer> one = instances.submit(pass);
        Future<Integer> other = instances.submit(pass);

        assertThat(one.get() + other.get()).isEqualTo(left.size());
        for (UUID transfer : left) {
          assertThat(epoch(transfer)).isEqualTo(2);
          assertThat(status(transfer)).isEqualTo("POSTED");
        }
      }
    }
    assertMoney(a, 300_000 - 24 * LARGE, 0);
    assertMoney(b, 24 * LARGE, 0);
  }

  @Test
  void aSagaThatAnotherInstanceIsClaimingIsNotWaitedFor() throws SQLException {
    UUID a = account("alice", 20_000);
    UUID b = account("bob", 0);
    UUID taken = heldBySomebodyElse(a, b, LARGE, clock.instant());
    UUID free = heldBySomebodyElse(a, b, LARGE, clock.instant());
    try (Connection other = Postgres.superuser("ledger");
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("SELECT 1 FROM saga WHERE transfer_id = '" + taken + "' FOR UPDATE");

      assertTimeoutPreemptively(Duration.ofSeconds(30), () -> recovery.runOnce());

      assertThat(status(free)).isEqualTo("POSTED");
      assertThat(status(taken)).isEqualTo("PENDING");
      other.rollback();
    }
  }

  /// The warning stands for a wait for replication that was given up: committed here, perhaps
  /// nowhere else.
  @Test
  void aPostWithAnUnknownEndIsAskedAgainAndHappensOnce() throws Exception {
    UUID a = account("alice", 20_000);
    UUID b = account("bob", 0);
    UUID command = UUID.randomUUID();

    Answer answer =
        atCommitOf("journal_entry", WARNING, () -> transfer(alice(), command, a, b, LARGE));

    assertThat(answer.status()).isEqualTo(201);
    assertThat(entries(transferOf(command))).isEqualTo(1);
    assertMoney(a, 20_000 - LARGE, 0);
    assertMoney(b, LARGE, 0);
  }

  @Test
  void aHoldWithAnUnknownEndIsAskedAgainAndHappensOnce() throws Exception {
    UUID a = account("alice", 20_000);
    UUID b = account("bob", 0);
    UUID command = UUID.randomUUID();

    Answer answer = atCommitOf("command", WARNING, () -> transfer(alice(), command, a, b, LARGE));

    // Recognised as its own when it is run again: the request goes on with the saga itself.
    assertThat(answer.status()).isEqualTo(201);
    assertThat(status(transferOf(command))).isEqualTo("POSTED");
    assertThat(entries(transferOf(command))).isEqualTo(1);
    assertMoney(a, 20_000 - LARGE, 0);
    assertMoney(b, LARGE, 0);
  }

  /// Whoever turned back because no answer came would refuse what may have happened.
  @Test
  void aPostThatWasNotDecidedIsTakenAgainAndNotTurnedBack() throws Exception {
    UUID a = account("alice", 20_000);
    UUID b = account("bob", 0);
    UUID command = UUID.randomUUID();

    Answer answer =
        atCommitOf("journal_entry", CONFLICT, () -> transfer(alice(), command, a, b, LARGE));

    assertThat(answer.status()).isEqualTo(202);
    assertThat(status(transferOf(command))).isEqualTo("PENDING");
    assertThat(FRAUD.hasReleased(transferOf(command))).isFalse();
    assertMoney(a, 20_000, LARGE);

    clock.advance(LEASE.plusMillis(1));
    recovery.runOnce();
    assertThat(status(transferOf(command))).isEqualTo("POSTED");
    assertMoney(a, 20_000 - LARGE, 0);
    assertMoney(b, LARGE, 0);
  }

  @Test
  void aTransferThatNobodyHeldCannotBePosted() {
    UUID nobodys = UUID.randomUUID();
    assertThatThrownBy(() -> journal.submit(new PostTransfer(nobodys, 1, 1, null), TIME))
        .isInstanceOf(JournalDefect.class);
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

  private CircuitBreaker breaker() {
    return breakers.circuitBreaker("fraud");
  }

  private void assertMoney(UUID account, long balanceMinor, long heldMinor) {
    assertThat(balanceMinor(account)).as("balance").isEqualTo(balanceMinor);
    assertThat(heldMinor(account)).as("held").isEqualTo(heldMinor);
  }

  private static String screening(UUID transfer) {
    return value(String.class, "SELECT screening FROM transfer WHERE id = ?", transfer);
  }

  private static String rejection(UUID transfer) {
    return value(String.class, "SELECT rejection FROM transfer WHERE id = ?", transfer);
  }

  private static String hold(UUID transfer) {
    return value(String.class, "SELECT status FROM hold WHERE transfer_id = ?", transfer);
  }

  private static long epoch(UUID transfer) {
    return value(Long.class, "SELECT epoch FROM saga WHERE transfer_id = ?", transfer);
  }

  private static long entries(UUID transfer) {
    return value(Long.class, "SELECT count(*) FROM journal_entry WHERE transfer_id = ?", transfer);
  }

  private static boolean releaseOwed(UUID transfer) {
    return value(
        Boolean.class,
        "SELECT released_at IS NULL FROM screening_release WHERE transfer_id = ?",
        transfer);
  }

  private static int attemptsAtRelease(UUID transfer) {
    return value(
        Integer.class, "SELECT attempts FROM screening_release WHERE transfer_id = ?", transfer);
  }

  /// The rows of a transfer, its saga, hold and accounts, and all that was ever appended for it.
  private static String everythingAbout(UUID transfer, UUID debit, UUID credit) {
    return value(
        String.class,
        """
        SELECT concat_ws(E'\\n',
          (SELECT t::text FROM transfer t WHERE t.id = p.transfer),
          (SELECT s::text FROM saga s WHERE s.transfer_id = p.transfer),
          (SELECT h::text FROM hold h WHERE h.transfer_id = p.transfer),
          (SELECT string_agg(a::text, ' ' ORDER BY a.id) FROM account a
            WHERE a.id IN (p.debit, p.credit)),
          (SELECT count(*) FROM outbox o WHERE o.aggregate_id IN (p.transfer, p.debit, p.credit)),
          (SELECT count(*) FROM journal_entry e WHERE e.transfer_id = p.transfer),
          (SELECT count(*) FROM screening_release r WHERE r.transfer_id = p.transfer),
          (SELECT count(*) FROM offline_allowance u WHERE u.account_id = p.debit),
          (SELECT sum(u.used_minor) FROM owner_offline_allowance u JOIN account a USING (owner)
            WHERE a.id = p.debit))
        FROM (SELECT ?::uuid AS transfer, ?::uuid AS debit, ?::uuid AS credit) p
        """,
        transfer,
        debit,
        credit);
  }
}
