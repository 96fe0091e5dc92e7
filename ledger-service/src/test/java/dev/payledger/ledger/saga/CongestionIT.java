package dev.payledger.ledger.saga;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.payledger.ledger.LedgerUnderTest;
import dev.payledger.ledger.command.Fingerprint;
import dev.payledger.ledger.command.JournalCommand.ChangeOutcome;
import dev.payledger.ledger.command.JournalCommand.VoidTransfer;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;

/// More transfers at once than fraud screening takes: its breaker is closed, so nothing passes
/// unscreened.
@TestPropertySource(
    properties = {
      "resilience4j.timelimiter.instances.fraud.timeout-duration=8s",
      "payledger.saga.recovery-timeout=9s"
    })
class CongestionIT extends LedgerUnderTest {
  private static final int BATCHES = 8;
  private static final int ITEMS = 32;
  private static final Duration PAUSE_MAX = Duration.ofSeconds(30);

  @Autowired private RecoveryRun recovery;

  @AfterEach
  void fraudIsQuickAgain() {
    FRAUD.takes(Duration.ZERO, Duration.ZERO);
    FRAUD.declines(UUID.randomUUID());
    recover();
  }

  @Test
  void manyBatchesOfOneCallerAreAllScreened() throws Exception {
    UUID a = account("alice", 100_000);
    UUID blocked = account("bob", 0);
    FRAUD.declines(blocked);
    FRAUD.takes(Duration.ofMillis(50), Duration.ZERO);

    List<Answer> answers =
        together(
            Collections.nCopies(
                BATCHES,
                () -> post("/v1/transfer-batches", alice(), UUID.randomUUID(), batch(a, blocked))));

    assertThat(answers).extracting(Answer::status).containsOnly(200);
    recover();
    assertThat(count(a, "screening = 'SKIPPED'")).isZero();
    assertThat(count(a, "status = 'REJECTED'")).isEqualTo(BATCHES * ITEMS);
    assertThat(balanceMinor(blocked)).isZero();
    assertThat(breakers.circuitBreaker("fraud").getState()).isEqualTo(CircuitBreaker.State.CLOSED);
  }

  /// With all of her places and more taken by herself, others are answered as if she were not there.
  @Test
  void oneCallersFloodDelaysNobodyElse() throws Exception {
    UUID a = account("alice", 100_000);
    UUID b = account("bob", 100_000);
    FRAUD.takes(Duration.ofMillis(300), Duration.ZERO);

    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Answer>> flood = new ArrayList<>();
      for (int i = 0; i < BATCHES; i++) {
        flood.add(
            callers.submit(
                () -> post("/v1/transfer-batches", alice(), UUID.randomUUID(), batch(a, b))));
      }
      await().until(() -> count(a, "status = 'PENDING'") >= 60);
      List<Answer> others =
          together(Collections.nCopies(8, () -> transfer(bob(), UUID.randomUUID(), b, a, 6_000)));

      assertThat(flood).as("it is still on").anyMatch(answer -> !answer.isDone());
      assertThat(others).extracting(Answer::status).containsOnly(201);
      for (Future<Answer> answer : flood) {
        assertThat(answer.get().status()).isIn(200, 202);
      }
    }
    recover();
    assertThat(count(a, "screening = 'SKIPPED'")).isZero();
  }

  /// Eight of hers are being asked about, and none of them is answered while the ninth can wait.
  @Test
  void whoFindsNoPlaceInTimeIsHandedBackAndScreenedLater() throws Exception {
    UUID a = account("alice", 100_000);
    UUID b = account("bob", 0);
    int calls = FRAUD.calls();
    CountDownLatch gate = FRAUD.close();
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Answer>> first = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        first.add(callers.submit(() -> transfer(alice(), UUID.randomUUID(), a, b, 100)));
      }
      await().until(() -> FRAUD.calls() == calls + 8);
      UUID ninth = UUID.randomUUID();

      Answer answer =
          send(
              request("/v1/transfers", alice())
                  .header("Content-Type", "application/json")
                  .header("Command-Id", ninth.toString())
                  .header("Request-Timeout-Ms", "9000")
                  .POST(HttpRequest.BodyPublishers.ofString(body(a, b, "100"))));

      assertThat(FRAUD.calls()).as("it was not asked about").isEqualTo(calls + 8);
      gate.countDown();
      assertThat(answer.status()).isEqualTo(202);
      assertThat(answer.json().get("screening").asString()).isEqualTo("PENDING");
      for (Future<Answer> each : first) {
        assertThat(each.get().status()).isEqualTo(201);
      }
      recover();
      assertThat(status(transferOf(ninth))).isEqualTo("POSTED");
      assertThat(count(a, "screening = 'APPROVED'")).isEqualTo(9);
      assertThat(
              value(
                  Boolean.class,
                  "SELECT review_since IS NULL FROM saga WHERE transfer_id = ?",
                  transferOf(ninth)))
          .as("no operator has to look at it")
          .isTrue();
    } finally {
      gate.countDown();
    }
  }

  /// 300 of alice's are due, more than one look finds, and then one of bob's. Fraud screening answers
  /// none of them.
  @Test
  void backlogOfOneInitiatorDelaysNobodyElsesRecovery() throws Exception {
    UUID a = account("alice", 100_000);
    UUID b = account("bob", 10_000);
    Instant due = clock.instant();
    List<UUID> backlog = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      backlog.add(heldBySomebodyElse("alice", a, b, 100, due.minusSeconds(1)));
    }
    UUID others = heldBySomebodyElse("bob", b, a, 100, due);
    CountDownLatch gate = FRAUD.close();
    try (ExecutorService run = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Integer> pass = run.submit(recovery::runOnce);
      try {
        await().until(() -> FRAUD.hasAssessed(others));
        assertThat(backlog.stream().filter(FRAUD::hasAssessed))
            .as("under way beside it")
            .hasSizeLessThanOrEqualTo(4);
      } finally {
        gate.countDown();
      }
      assertThat(pass.get()).isGreaterThanOrEqualTo(301);
    }
    assertThat(status(others)).isEqualTo("POSTED");
    assertThat(count(a, "status = 'POSTED' AND screening = 'APPROVED'")).isEqualTo(300);
  }

  /// The others are to be voided, and fraud screening does not answer about the first one.
  @Test
  void slowSagaDelaysNoneAfterIt() throws Exception {
    UUID a = account("alice", 100_000);
    UUID b = account("bob", 0);
    UUID slow = heldBySomebodyElse(a, b, 100, clock.instant().minusSeconds(1));
    for (int i = 0; i < 40; i++) {
      UUID other = heldBySomebodyElse(a, b, 100, clock.instant());
      assertThat(
              journal.submit(
                  new VoidTransfer(UUID.randomUUID(), Fingerprint.of(List.of(other)), other),
                  Duration.ofSeconds(10)))
          .isEqualTo(new ChangeOutcome.Requested());
    }
    CountDownLatch gate = FRAUD.close();
    try (ExecutorService run = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Integer> pass = run.submit(recovery::runOnce);
      try {
        await().atMost(Duration.ofSeconds(20)).until(() -> count(a, "status = 'VOIDED'") == 40);
        assertThat(status(slow)).as("fraud screening is still waited for").isEqualTo("PENDING");
      } finally {
        gate.countDown();
      }
      pass.get();
    }
    assertThat(status(slow)).isEqualTo("POSTED");
  }

  private void recover() {
    for (int some = 1; some > 0; ) {
      clock.advance(PAUSE_MAX);
      some = recovery.runOnce();
    }
  }

  private static String batch(UUID debit, UUID credit) {
    return "{\"items\":["
        + String.join(",", Collections.nCopies(ITEMS, body(debit, credit, "100")))
        + "]}";
  }

  private static List<Answer> together(List<? extends Callable<Answer>> calls) throws Exception {
    List<Answer> answers = new ArrayList<>();
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Answer> answer : callers.invokeAll(calls)) {
        answers.add(answer.get());
      }
    }
    return answers;
  }

  private static long count(UUID debit, String which) {
    return value(
        Long.class, "SELECT count(*) FROM transfer WHERE debit_account_id = ? AND " + which, debit);
  }
}
