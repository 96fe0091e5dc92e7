package dev.payledger.system.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.payledger.stack.Service;
import dev.payledger.system.FraudFault;
import dev.payledger.system.Stack;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Fraud screening says no, or says nothing.
class FraudIT extends Stack {
  /// Above the amount rule's threshold.
  private static final long SUSPICIOUS_MINOR = 1_000_001;

  /// At the offline limit: may pass unscreened.
  private static final long SMALL_MINOR = 5_000;

  @Test
  void declinedTransferVoidsItsHoldAndReleasesVelocity() {
    String alice = account("alice", 3_000_000);
    String bob = account("bob", 0);

    Answer declined = transfer("alice", key(), alice, bob, SUSPICIOUS_MINOR);

    assertThat(declined.status()).isEqualTo(422);
    assertThat(declined.text("code")).isEqualTo("fraud-declined");
    UUID transfer = UUID.fromString(declined.text("transferId"));
    assertThat(get("/v1/transfers/" + transfer, "alice").text("status")).isEqualTo("REJECTED");
    assertThat(account(alice).get("availableMinor").asLong()).isEqualTo(3_000_000);
    assertThat(account(alice).get("heldMinor").asLong()).isZero();
    assertThat(releasedAssessments(transfer)).isEqualTo(1);
  }

  @Test
  void approvedTransferThatCannotPostReleasesItsVelocity() throws Exception {
    String alice = account("alice", 500_000);
    String bob = account("bob", 0);
    assertThat(transfer("alice", key(), alice, bob, 100_000).status()).isEqualTo(201);
    assertThat(velocityMinor(alice)).isEqualTo(100_000);
    String key = key();

    // Between hold and verdict the operator freezes the account that is to be credited.
    stack().suspend(Service.FRAUD);
    try (ExecutorService caller = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<Answer> call = () -> transfer("alice", key, alice, bob, 200_000);
      Future<Answer> first = caller.submit(call);
      await().atMost(SOON).until(() -> account(alice).get("heldMinor").asLong() == 200_000);
      assertThat(post("/v1/accounts/" + bob + "/freeze", "operator", key(), "").status())
          .isEqualTo(200);
      first.get();
    } finally {
      stack().resume(Service.FRAUD);
    }

    Answer settled = settleTransfer("alice", key, alice, bob, 200_000);
    assertThat(settled.text("code")).isEqualTo("account-unusable");
    UUID transfer = UUID.fromString(settled.text("transferId"));
    await().atMost(SOON).until(() -> releasedAssessments(transfer) == 1);
    assertThat(
            number(
                "fraud", "SELECT reserved_minor FROM reservation WHERE transfer_id = ?", transfer))
        .as("it was approved, and had reserved")
        .isEqualTo(200_000);
    assertThat(velocityMinor(alice)).isEqualTo(100_000);
    assertThat(account(alice).get("heldMinor").asLong()).isZero();
  }

  @ParameterizedTest
  @EnumSource(names = {"HANG", "GARBAGE", "BIG"})
  void fraudFaultsNeitherDelayAnswersNorApproveTransfers(FraudFault fault) {
    Duration time = Duration.ofSeconds(6);
    String alice = account("alice", 200_000);
    String bob = account("bob", 0);
    String key = key();

    Answer answer;
    fault.on();
    try {
      long began = System.nanoTime();
      answer = post("/v1/transfers", "alice", key, body(alice, bob, 100_000), time);
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(time);
    } finally {
      FraudFault.off();
    }

    assertThat(answer.status()).as(answer.body()).isEqualTo(202);
    UUID transfer = UUID.fromString(answer.text("id"));
    assertThat(settleTransfer("alice", key, alice, bob, 100_000).text("screening"))
        .isEqualTo("APPROVED");
    assertThat(
            number(
                "fraud",
                "SELECT count(*) FROM assessment WHERE transfer_id = ? AND verdict = 'APPROVED'",
                transfer))
        .as("and it is fraud's own word")
        .isEqualTo(1);
    assertThat(balanceMinor(bob)).isEqualTo(100_000);
  }

  private static long releasedAssessments(UUID transfer) {
    return number(
        "fraud",
        "SELECT count(*) FROM assessment WHERE transfer_id = ? AND released_at IS NOT NULL",
        transfer);
  }

  /// Of what passed unscreened, and has a verdict by now.
  private static long openReviews(String account) {
    return number(
        "fraud",
        """
        SELECT count(*) FROM review r JOIN assessment a USING (transfer_id)
          JOIN assessment_leg l USING (transfer_id)
         WHERE l.debit_account_id = ? AND a.verdict = 'APPROVED'
        """,
        UUID.fromString(account));
  }

  private static long velocityMinor(String account) {
    return number(
        "fraud",
        "SELECT coalesce(sum(reserved_minor), 0) FROM velocity_counter WHERE debit_account_id = ?",
        UUID.fromString(account));
  }

  @Test
  void withoutFraudSmallTransfersPassAndLargeOnesWait() throws Exception {
    // Of an owner whose allowance no other test uses up; she has no token, so an operator asks.
    String dora = account("dora", 200_000);
    String bob = account("bob", 0);
    stack().kill(Service.FRAUD);

    // 3 × 5,000 is the account's allowance for the window; the fourth has to wait, as does a large
    // one.
    for (int i = 0; i < 3; i++) {
      Answer small = transfer("operator", key(), dora, bob, SMALL_MINOR);
      assertThat(small.status()).as(small.body()).isEqualTo(201);
      assertThat(small.text("screening")).isEqualTo("SKIPPED");
    }
    String fourthKey = key();
    Answer fourth = transfer("operator", fourthKey, dora, bob, SMALL_MINOR);
    String largeKey = key();
    Answer large = transfer("operator", largeKey, dora, bob, 100_000);

    assertThat(fourth.status()).as(fourth.body()).isEqualTo(202);
    assertThat(large.status()).as(large.body()).isEqualTo(202);
    assertThat(large.text("status")).isEqualTo("PENDING");
    assertThat(account(dora).get("heldMinor").asLong()).isEqualTo(SMALL_MINOR + 100_000);
    assertThat(balanceMinor(bob)).isEqualTo(3 * SMALL_MINOR);
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                metrics(Service.LEDGER)
                    .lines()
                    .anyMatch(
                        line ->
                            line.startsWith("resilience4j_circuitbreaker_state")
                                && line.contains("state=\"open\"")
                                && line.endsWith("1.0")));

    stack().start(Service.FRAUD);
    stack().awaitReady(Service.FRAUD);

    assertThat(settleTransfer("operator", largeKey, dora, bob, 100_000).text("screening"))
        .isEqualTo("APPROVED");
    assertThat(settleTransfer("operator", fourthKey, dora, bob, SMALL_MINOR).text("status"))
        .isEqualTo("POSTED");
    assertThat(balanceMinor(bob)).isEqualTo(4 * SMALL_MINOR + 100_000);
    await().atMost(SOON).until(() -> openReviews(dora) == 3);
    assertThat(account(dora).get("heldMinor").asLong()).isZero();
  }
}
