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
import dev.payledger.ledger.money.Leg;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/// Commands of many callers share database transactions, and none of them fails because of another.
class JournalBatchesIT extends JournalFixture {
  @Test
  void callersAtOnceShareTransactions() throws Exception {
    long before = transactions();
    List<Future<HoldOutcome>> answers = new ArrayList<>();
    try (Pause pause = new Pause(ledger)) {
      answers.add(submit(hold(alice, bob, 1)));
      pause.awaitTaken();
      for (int i = 1; i < 200; i++) {
        answers.add(submit(hold(alice, bob, 1)));
      }
      awaitQueued(199);
    }

    for (Future<HoldOutcome> answer : answers) {
      assertThat(answer.get()).isInstanceOf(HoldOutcome.Held.class);
    }
    assertThat(transactions() - before).as("for 200 callers").isEqualTo(2);
    assertThat(minor("debits_pending_minor", alice)).isEqualTo(200);
  }

  /// A thousand transfers of fifty legs would be more than one can write before its time-out.
  @Test
  void aTransactionIsBoundedByTheLegsInIt() throws Exception {
    UUID rich = ledger.open("rich", 5_000);
    long before = transactions();
    List<Leg> all = Collections.nCopies(50, new Leg(rich, bob, 1));
    List<Future<PostOutcome>> answers = new ArrayList<>();
    try (Pause _ = new Pause(ledger)) {
      for (int i = 0; i < 100; i++) {
        HoldFunds command = hold(UUID.randomUUID(), all, null, false, Map.of());
        answers.add(
            callers.submit(
                () -> {
                  ledger.journal.submit(command, LONG);
                  return ledger.journal.submit(
                      new PostTransfer(command.id(), 1, all.size(), null), LONG);
                }));
      }
      awaitQueued(80);
    }

    for (Future<PostOutcome> answer : answers) {
      assertThat(answer.get()).isInstanceOf(PostOutcome.Posted.class);
    }
    assertThat(transactions() - before)
        .as("for 5,000 legs held and posted, 1,000 of them in each")
        .isGreaterThanOrEqualTo(2 * 5_000 / 1_000);
    assertThat(minor("debits_posted_minor", rich)).isEqualTo(5_000);
  }

  @Test
  void commandBreakingAConstraintFailsAlone() throws Exception {
    database.superuser(
        "ALTER TABLE transfer ADD CONSTRAINT planted_law CHECK (metadata ->> 'poison' IS NULL)");
    try {
      List<Future<HoldOutcome>> neighbours = new ArrayList<>();
      Future<HoldOutcome> offender;
      HoldFunds poison = hold(UUID.randomUUID(), alice, bob, 1, false, Map.of("poison", "yes"));
      try (Pause pause = new Pause(ledger)) {
        submit(hold(alice, bob, 1));
        pause.awaitTaken();
        for (int i = 0; i < 10; i++) {
          neighbours.add(submit(hold(alice, bob, 1)));
        }
        offender = submit(poison);
        awaitQueued(11);
      }

      for (Future<HoldOutcome> neighbour : neighbours) {
        assertThat(neighbour.get()).isInstanceOf(HoldOutcome.Held.class);
      }
      assertThatThrownBy(offender::get)
          .hasCauseInstanceOf(JournalDefect.class)
          .hasStackTraceContaining("planted_law");
      assertThat(ledger.count("ledger.journal.isolated")).isBetween(3.0, 4.0);
      assertThat(rows("command", poison.id())).isZero();
      assertThat(minor("debits_pending_minor", alice)).isEqualTo(11);
    } finally {
      database.superuser("ALTER TABLE transfer DROP CONSTRAINT planted_law");
    }
  }

  @Test
  void fullQueueRefusesImmediatelyAndDecidesTheRest() throws Exception {
    try (JournalInstance narrow = new JournalInstance(database.url(), 5, 1_000)) {
      List<Future<HoldOutcome>> answers = new ArrayList<>();
      try (Pause pause = new Pause(narrow)) {
        answers.add(callers.submit(() -> narrow.journal.submit(hold(alice, bob, 1), LONG)));
        pause.awaitTaken();
        for (int i = 0; i < 5; i++) {
          answers.add(callers.submit(() -> narrow.journal.submit(hold(alice, bob, 1), LONG)));
        }
        await().until(() -> narrow.registry.get("ledger.journal.queue").gauge().value() == 5);

        assertThatThrownBy(() -> narrow.journal.submit(hold(alice, bob, 1), LONG))
            .isInstanceOfSatisfying(
                JournalUnavailable.class, e -> assertThat(e.outcomeUnknown()).isFalse());
      }

      for (Future<HoldOutcome> answer : answers) {
        assertThat(answer.get()).isInstanceOf(HoldOutcome.Held.class);
      }
    }
    assertThat(minor("debits_pending_minor", alice)).isEqualTo(6);
  }

  @Test
  void aCallerWhoLeftTheQueueHasHeldNothing() throws Exception {
    HoldFunds late = hold(alice, bob, 1);
    Future<HoldOutcome> first;
    try (Pause pause = new Pause(ledger)) {
      first = submit(hold(alice, bob, 1));
      pause.awaitTaken();
      assertThatThrownBy(() -> ledger.journal.submit(late, Duration.ofMillis(50)))
          .isInstanceOfSatisfying(
              JournalUnavailable.class, e -> assertThat(e.outcomeUnknown()).isFalse());
    }

    assertThat(first.get()).isInstanceOf(HoldOutcome.Held.class);
    ledger.journal.submit(hold(alice, bob, 1), LONG);
    assertThat(rows("command", late.id())).isZero();
    assertThat(minor("debits_pending_minor", alice)).isEqualTo(2);
  }

  private void awaitQueued(int count) {
    await()
        .pollInterval(Duration.ofMillis(10))
        .until(() -> ledger.registry.get("ledger.journal.queue").gauge().value() >= count);
  }

  private long transactions() {
    return (long) ledger.count("ledger.journal.attempts", "end", "committed");
  }
}
