package dev.payledger.ledger.saga;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.Test;

/// A step whose commit has an unknown outcome, or was not decided, is repeated and happens once.
class SagaUnknownOutcomeIT extends SagaFixture {
  private static final String WARNING = "RAISE WARNING 'not replicated'";
  private static final String CONFLICT = "RAISE EXCEPTION 'planted' USING ERRCODE = '40001'";

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

  /// A saga that is compensated because no answer came would refuse what may have happened.
  @Test
  void aPostThatWasNotDecidedIsTakenAgainAndNotCompensated() throws Exception {
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
}
