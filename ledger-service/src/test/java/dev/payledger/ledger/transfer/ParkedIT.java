package dev.payledger.ledger.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.ledger.FraudDouble.Mood;
import dev.payledger.ledger.LedgerUnderTest;
import dev.payledger.ledger.saga.SagaStepper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;
import tools.jackson.databind.JsonNode;

/// A transfer that a law of the database refuses to post, each time: alice pays bob, and the law is
/// planted.
@Import(SagaStepper.class)
class ParkedIT extends LedgerUnderTest {
  private static final String PARKED = "/v1/operator/parked-transfers";
  private static final int FAILURES_MAX = 8;

  @Autowired private SagaStepper saga;

  private UUID a;
  private UUID b;

  @BeforeEach
  void plantTheLaw() {
    a = account("alice", 50_000);
    b = account("bob", 0);
    superuser(
        "ALTER TABLE transfer ADD CONSTRAINT planted_law"
            + " CHECK (reference <> 'poison' OR status = 'PENDING') NOT VALID");
  }

  @AfterEach
  void liftTheLaw() {
    superuser("ALTER TABLE transfer DROP CONSTRAINT IF EXISTS planted_law");
  }

  @Test
  void poisonedSagaIsParkedListedAndReleased() {
    Answer asked =
        post(
            "/v1/transfers",
            alice(),
            UUID.randomUUID(),
            body(a, b, "10").replace("}", ",\"reference\":\"poison\"}"));
    assertThat(asked.status()).as("held, so never \"nothing happened\"").isEqualTo(202);
    UUID poisoned = UUID.fromString(asked.json().get("id").asString());

    // One failure more with each look, as its pause is over.
    for (int failures = 1; failures <= FAILURES_MAX; failures++) {
      assertThat(parked()).isEmpty();
      clock.advance(Duration.ofMinutes(1));
      saga.recover();
      assertThat(failures(poisoned)).isEqualTo(failures);
    }

    JsonNode item = get(PARKED, operator()).json().get("items").get(0);
    assertThat(item.get("transfer").get("id").asString()).isEqualTo(poisoned.toString());
    assertThat(item.get("failures").asInt()).isEqualTo(FAILURES_MAX);
    assertThat(item.get("failure").asString()).contains("planted_law");
    clock.advance(Duration.ofMinutes(1));
    saga.recover();
    assertThat(failures(poisoned)).as("nobody takes it up").isEqualTo(FAILURES_MAX);
    assertThat(heldMinor(a)).isEqualTo(10);

    superuser("ALTER TABLE transfer DROP CONSTRAINT planted_law");
    Answer released = post(PARKED + "/" + poisoned + "/release", operator(), null, "");
    assertThat(released.status()).isEqualTo(202);
    saga.recover();
    assertThat(status(poisoned)).isEqualTo("POSTED");
    assertThat(parked()).isEmpty();
    assertThat(post(PARKED + "/" + poisoned + "/release", operator(), null, "").code())
        .isEqualTo("not-parked");
  }

  /// Both lists may have the same transfer, and an operator may act on either.
  @Test
  void operatorsDecisionTakesTransferOutOfParking() {
    FRAUD.become(Mood.FAILS);
    UUID retried = heldAndParked();
    UUID approved = heldAndParked();

    assertThat(review(retried, "RETRY").status()).as("still away").isEqualTo(202);
    assertThat(review(approved, "APPROVE").status()).isEqualTo(200);

    assertThat(status(approved)).isEqualTo("POSTED");
    assertThat(parked()).doesNotContain(retried.toString(), approved.toString());
    fraudIsBack();
    clock.advance(Duration.ofMinutes(1));
    saga.recover();
    assertThat(status(retried)).isEqualTo("POSTED");
  }

  /// A saga that ended otherwise is not to be released.
  @Test
  void finishedSagaIsNotListedAsParked() {
    UUID parked = heldAndParked();
    superuser("UPDATE saga SET step = 'DONE' WHERE transfer_id = '" + parked + "'");
    try {
      assertThat(parked()).doesNotContain(parked.toString());
    } finally {
      superuser(
          "SET session_replication_role = replica; UPDATE saga SET step = 'SCREEN', parked_at = NULL"
              + " WHERE transfer_id = '"
              + parked
              + "'");
    }
  }

  /// Transfers other tests left unfinished may have opened the breaker meanwhile.
  private void fraudIsBack() {
    FRAUD.become(Mood.APPROVES);
    breakers.circuitBreaker("fraud").reset();
  }

  private UUID heldAndParked() {
    FRAUD.become(Mood.FAILS);
    UUID command = UUID.randomUUID();
    assertThat(transfer(alice(), command, a, b, 9_000).status()).isEqualTo(202);
    UUID transfer = transferOf(command);
    superuser(
        "UPDATE saga SET parked_at = now(), failures = 8, failure = 'planted' WHERE transfer_id = '"
            + transfer
            + "'");
    assertThat(parked()).contains(transfer.toString());
    return transfer;
  }

  private Answer review(UUID transfer, String decision) {
    return post(
        "/v1/operator/held-transfers/" + transfer + "/review",
        operator(),
        UUID.randomUUID(),
        "{\"decision\":\"%s\",\"reason\":\"a word\"}".formatted(decision));
  }

  /// Not the journal's: what the queries of a recovery say is a defect too.
  @Test
  void faultOfAnotherStatementIsParkedToo() {
    FRAUD.become(Mood.FAILS);
    UUID command = UUID.randomUUID();
    UUID transfer = transferOf(command);
    superuser(
        "ALTER TABLE saga ADD CONSTRAINT planted_law_of_sagas CHECK (transfer_id <> '"
            + transfer
            + "' OR NOT asked) NOT VALID");
    try {
      assertThat(transfer(alice(), command, a, b, 9_000).status()).isEqualTo(202);
      clock.advance(Duration.ofMinutes(1));
      saga.recover();
      assertThat(failures(transfer)).isEqualTo(1);
    } finally {
      superuser("ALTER TABLE saga DROP CONSTRAINT planted_law_of_sagas");
    }
    fraudIsBack();
    clock.advance(Duration.ofMinutes(1));
    saga.recover();
    assertThat(status(transfer)).isEqualTo("POSTED");
  }

  @Test
  void parkedTransfersAreForOperatorsOnly() {
    assertThat(get(PARKED, alice()).status()).isEqualTo(403);
    assertThat(post(PARKED + "/" + UUID.randomUUID() + "/release", alice(), null, "").status())
        .isEqualTo(403);
    assertThat(post(PARKED + "/" + UUID.randomUUID() + "/release", operator(), null, "").status())
        .isEqualTo(404);
  }

  private static int failures(UUID transfer) {
    return value(Integer.class, "SELECT failures FROM saga WHERE transfer_id = ?", transfer);
  }

  private List<String> parked() {
    List<String> ids = new ArrayList<>();
    get(PARKED, operator())
        .json()
        .get("items")
        .forEach(item -> ids.add(item.get("transfer").get("id").asString()));
    return ids;
  }
}
