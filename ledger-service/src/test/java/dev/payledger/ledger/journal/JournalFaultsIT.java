package dev.payledger.ledger.journal;

import static dev.payledger.ledger.journal.JournalInstance.LONG;
import static dev.payledger.ledger.journal.JournalInstance.hold;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.payledger.ledger.command.JournalCommand.HoldFunds;
import dev.payledger.ledger.command.JournalCommand.HoldOutcome;
import dev.payledger.ledger.command.JournalCommand.PostOutcome;
import dev.payledger.ledger.command.JournalCommand.PostTransfer;
import dev.payledger.stack.server.TcpProxy;
import dev.payledger.testkit.Postgres;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/// Lost connections, conflicts and an exhausted pool under a batch, on a real server: none of it
/// reads as a business rejection, and none of it happens twice.
class JournalFaultsIT extends JournalFixture {
  @Test
  void anAnswerLostAfterTheCommitIsFoundAgain() throws Exception {
    try (TcpProxy wire = TcpProxy.to(Postgres.address().port());
        JournalInstance faraway = new JournalInstance(through(wire))) {
      HoldFunds command = hold(alice, bob, 10);
      wire.cutAfter("COMMIT");

      assertThat(faraway.journal.submit(command, LONG))
          .isEqualTo(new HoldOutcome.Held(command.id(), 1));
      assertThat(wire.hasCut()).isTrue();
      assertThat(faraway.count("ledger.journal.attempts", "end", "unknown")).isEqualTo(1);

      wire.cutAfter("COMMIT");
      assertThat(faraway.journal.submit(new PostTransfer(command.id(), 1, 1, null), LONG))
          .isEqualTo(new PostOutcome.Posted());
      assertThat(faraway.count("ledger.journal.attempts", "end", "unknown")).isEqualTo(2);
      assertThat(wire.hasCut()).isTrue();
      assertThat(minor("debits_posted_minor", alice)).isEqualTo(10);
      assertThat(minor("credits_posted_minor", bob)).isEqualTo(10);
    }
  }

  @Test
  void aCommitThatNeverArrivedIsSentAgain() throws Exception {
    try (TcpProxy wire = TcpProxy.to(Postgres.address().port());
        JournalInstance faraway = new JournalInstance(through(wire))) {
      HoldFunds command = hold(alice, bob, 10);
      wire.cutBefore("COMMIT");

      assertThat(faraway.journal.submit(command, LONG))
          .isEqualTo(new HoldOutcome.Held(command.id(), 1));
      assertThat(faraway.count("ledger.journal.attempts", "end", "unknown")).isEqualTo(1);
      assertThat(minor("debits_pending_minor", alice)).isEqualTo(10);
    }
  }

  @Test
  void anEndThatStaysUnknownIsSaidToBe() throws Exception {
    try (TcpProxy wire = TcpProxy.to(Postgres.address().port());
        JournalInstance faraway = new JournalInstance(through(wire))) {
      HoldFunds command = hold(alice, bob, 10);
      for (int i = 0; i < 10; i++) {
        wire.cutAfter("COMMIT");
      }

      assertThatThrownBy(() -> faraway.journal.submit(command, LONG))
          .isInstanceOfSatisfying(
              JournalUnavailable.class, e -> assertThat(e.outcomeUnknown()).isTrue());

      assertThat(faraway.journal.submit(command, LONG))
          .as("and the same command tells")
          .isEqualTo(new HoldOutcome.Held(command.id(), 1));
      assertThat(minor("debits_pending_minor", alice)).isEqualTo(10);
    }
  }

  /// Each batch's first attempts fail at COMMIT, as in a storm of serialization failures.
  @Test
  void aStormOfSerializationFailuresIsRiddenOut() throws Exception {
    database.superuser(
        """
        CREATE SEQUENCE storm;
        CREATE FUNCTION storm_at_commit() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
        BEGIN
          IF nextval('storm') % 4 <> 0 THEN
            RAISE EXCEPTION 'planted' USING ERRCODE = '40001';
          END IF;
          RETURN NULL;
        END $$;
        CREATE TRIGGER storm AFTER INSERT ON command
          FOR EACH STATEMENT EXECUTE FUNCTION storm_at_commit()
        """);
    try {
      List<Future<HoldOutcome>> answers = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        answers.add(submit(hold(alice, bob, 1)));
      }
      for (Future<HoldOutcome> answer : answers) {
        assertThat(answer.get()).isInstanceOf(HoldOutcome.Held.class);
      }
      assertThat(ledger.count("ledger.journal.attempts", "end", "aborted")).isPositive();
      assertThat(minor("debits_pending_minor", alice)).isEqualTo(100);
    } finally {
      database.superuser("DROP FUNCTION storm_at_commit CASCADE; DROP SEQUENCE storm");
    }
  }

  @Test
  void anExhaustedPoolIsNoBusinessAnswerAndPasses() throws Exception {
    Future<HoldOutcome> answer;
    try (Pause _ = new Pause(ledger)) {
      answer = submit(hold(alice, bob, 1));
      await()
          .pollInterval(Duration.ofMillis(20))
          .until(() -> ledger.count("ledger.journal.attempts", "end", "aborted") > 0);
    }

    assertThat(answer.get()).isInstanceOf(HoldOutcome.Held.class);
  }

  /// Without prepared statements, so that COMMIT is said in full each time.
  private static String through(TcpProxy wire) {
    return database.url().replace(":" + Postgres.address().port(), ":" + wire.port())
        + "?prepareThreshold=0";
  }
}
