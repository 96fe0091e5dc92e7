package dev.payledger.ledger.transfer;

import static org.assertj.core.api.Assertions.assertThat;

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
    a = account("alice", 1_000);
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
