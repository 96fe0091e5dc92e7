package dev.payledger.ledger.saga;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.payledger.kit.deadline.Deadline;
import dev.payledger.ledger.FraudDouble.Mood;
import dev.payledger.ledger.command.JournalCommand.PostOutcome;
import dev.payledger.ledger.command.JournalCommand.PostTransfer;
import dev.payledger.ledger.command.JournalCommand.StartCompensation;
import dev.payledger.ledger.command.JournalCommand.StepOutcome;
import dev.payledger.ledger.command.JournalCommand.VoidHold;
import dev.payledger.ledger.command.SagaStep;
import dev.payledger.ledger.journal.JournalDefect;
import dev.payledger.testkit.Postgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/// A transfer whose owner dies or is frozen: another instance finishes it, once, and the first
/// owner writes nothing.
class SagaLeaseIT extends SagaFixture {
  @Autowired private TransferSaga saga;
  @Autowired private SagaClaims claims;
  @Autowired private SagaTransfers transfers;

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
    assertThat(journal.submit(new StartCompensation(transfer, 1, null), TIME))
        .isEqualTo(new StepOutcome.Fenced());
    assertThat(journal.submit(new VoidHold(transfer, 1, true), TIME))
        .isEqualTo(new StepOutcome.Fenced());
    claims.release(new SagaLease(transfer, 1, 0, SagaStep.SCREEN, false), Duration.ZERO);
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
    assertThat(journal.submit(new StartCompensation(transferOf(posted), 1, null), TIME))
        .isEqualTo(new StepOutcome.Fenced());
    assertThat(journal.submit(new VoidHold(transferOf(posted), 1, true), TIME))
        .isEqualTo(new StepOutcome.Fenced());

    assertThat(everythingAbout(transferOf(posted), a, b)).isEqualTo(before);
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

  @Test
  void aTransferThatNobodyHeldCannotBePosted() {
    UUID nobodys = UUID.randomUUID();
    assertThatThrownBy(() -> journal.submit(new PostTransfer(nobodys, 1, 1, null), TIME))
        .isInstanceOf(JournalDefect.class);
  }

  private static long epoch(UUID transfer) {
    return value(Long.class, "SELECT epoch FROM saga WHERE transfer_id = ?", transfer);
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
