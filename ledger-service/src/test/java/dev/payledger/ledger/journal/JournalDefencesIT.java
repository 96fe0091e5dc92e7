package dev.payledger.ledger.journal;

import static dev.payledger.ledger.journal.JournalInstance.EXTERNAL_EUR;
import static dev.payledger.ledger.journal.JournalInstance.hold;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.payledger.kit.groupcommit.CommitOutcome;
import dev.payledger.kit.groupcommit.CommitOutcome.Aborted;
import dev.payledger.kit.groupcommit.CommitOutcome.Committed;
import dev.payledger.ledger.audit.AuditedBooks;
import dev.payledger.ledger.command.JournalCommand;
import dev.payledger.ledger.command.JournalCommand.HoldFunds;
import dev.payledger.ledger.command.JournalCommand.PostTransfer;
import dev.payledger.ledger.command.Sides;
import dev.payledger.ledger.journal.JournalReader.Locking;
import dev.payledger.ledger.plan.AccountState;
import dev.payledger.ledger.plan.AccountTerms;
import dev.payledger.ledger.plan.BatchPlan;
import dev.payledger.ledger.plan.CommandResult;
import dev.payledger.ledger.plan.LockedRows;
import dev.payledger.ledger.plan.TransferState;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/// Each defence of the books is taken away by itself, and the next one stops the wrong command or
/// reports it.
class JournalDefencesIT extends JournalModelFixture {
  /// The journal's own statement, but it takes its time before each lock: two that run together do
  /// overlap, also on a busy machine.
  private static final String SLOW_LOCKS =
      JournalReader.LOCK_ACCOUNTS.replace("SELECT id,", "SELECT pg_sleep(0.01), id,");

  private static final String SLOW_SHUFFLED_LOCKS =
      SLOW_LOCKS.replace("ORDER BY id", "ORDER BY random()");

  private static final JsonMapper JSON = JsonMapper.shared();

  @Test
  void withoutThePlannersFundsCheckTheConstraintRefuses() {
    UUID poor = opened();
    UUID other = opened();

    assertThatThrownBy(() -> attempt(one, this::withoutFloors, hold(poor, other, 1)))
        .isInstanceOf(JournalDefect.class)
        .hasStackTraceContaining("account_stays_at_or_above_its_floor");
    assertThat(amounts(poor)).containsExactly(0, 0, 0);
  }

  @Test
  void modelAndAuditorReportWhatConstraintsLetThrough() {
    UUID poor = opened();
    UUID other = opened();
    database.superuser("ALTER TABLE account DROP CONSTRAINT account_stays_at_or_above_its_floor");
    HoldFunds command = hold(poor, other, 1);

    record(command, decided(attempt(one, this::withoutFloors, command)), null);

    assertThat(SerialModel.disagreements(List.copyOf(answers)))
        .singleElement()
        .asString()
        .contains("one thread says Rejected", "INSUFFICIENT_FUNDS");
    assertThat(AuditedBooks.violations(database.url())).contains("I1");
  }

  @Test
  void withoutThePlannersVoidCheckTheDatabaseRefuses() {
    UUID debit = opened();
    UUID credit = opened();
    funded(debit, 100);
    HoldFunds asked = hold(debit, credit, 10);
    submit(one, voided(asked.id()), submit(one, asked, null));

    assertThatThrownBy(
            () -> attempt(one, this::withoutVoids, new PostTransfer(asked.id(), 1, 1, null)))
        .isInstanceOf(JournalDefect.class)
        .hasStackTraceContaining("transfer_takes_legal_steps");
    assertThat(amounts(credit)).containsExactly(0, 0, 0);
  }

  @Test
  void primaryKeyOrElseModelCatchesDuplicates() {
    UUID debit = opened();
    UUID credit = opened();
    funded(debit, 100);
    HoldFunds command = hold(debit, credit, 10);
    submit(one, command, null);

    database.superuser(
        """
        ALTER TABLE command ENABLE ROW LEVEL SECURITY;
        CREATE POLICY amnesia ON command FOR SELECT TO ledger_journal USING (false);
        CREATE POLICY writes ON command FOR INSERT TO ledger_journal WITH CHECK (true)
        """);

    assertThat(attempt(one, UnaryOperator.identity(), command))
        .isInstanceOfSatisfying(
            Aborted.class, aborted -> assertThat(state(aborted.cause())).isEqualTo("23505"));

    database.superuser(
        """
        ALTER TABLE command DROP CONSTRAINT command_pkey CASCADE;
        ALTER TABLE transfer DROP CONSTRAINT transfer_pkey CASCADE;
        ALTER TABLE hold DROP CONSTRAINT hold_pkey CASCADE;
        ALTER TABLE saga DROP CONSTRAINT saga_pkey CASCADE;
        ALTER TABLE outbox DROP CONSTRAINT outbox_numbers_an_aggregate_once
        """);
    record(command, decided(attempt(one, UnaryOperator.identity(), command)), null);

    assertThat(SerialModel.disagreements(List.copyOf(answers)))
        .anySatisfy(line -> assertThat(line).contains("one thread says Replayed"));
    assertThat(AuditedBooks.violations(database.url())).isNotEmpty();
  }

  @Test
  void lockOrderPreventsDeadlocks() throws Exception {
    database.superuser("ALTER DATABASE journal_model SET deadlock_timeout = '20ms'");
    List<UUID> accounts = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      accounts.add(opened());
    }

    assertThat(SLOW_LOCKS).isNotEqualTo(JournalReader.LOCK_ACCOUNTS);
    assertThat(SLOW_SHUFFLED_LOCKS).isNotEqualTo(SLOW_LOCKS);
    assertThat(deadlocks(accounts, 15, SLOW_LOCKS)).isZero();
    assertThat(deadlocks(accounts, 15, SLOW_SHUFFLED_LOCKS)).isPositive();
  }

  /// Two instances without turns, each with batches over all of the accounts.
  private int deadlocks(List<UUID> accounts, int rounds, String locks) throws Exception {
    AtomicInteger deadlocks = new AtomicInteger();
    CyclicBarrier together = new CyclicBarrier(2);
    // Connections of their own, for the new deadlock_timeout.
    try (JournalInstance left = new JournalInstance(database.url());
        JournalInstance right = new JournalInstance(database.url());
        ExecutorService instances = Executors.newFixedThreadPool(2)) {
      List<Future<?>> running = new ArrayList<>();
      for (JournalInstance instance : List.of(left, right)) {
        running.add(
            instances.submit(
                () -> {
                  for (int round = 0; round < rounds; round++) {
                    together.await();
                    List<JournalCommand<?>> batch = new ArrayList<>();
                    for (int i = 0; i < accounts.size(); i++) {
                      batch.add(hold(EXTERNAL_EUR, accounts.get(i), 1, true));
                    }
                    Collections.shuffle(batch, new Random(round));
                    CommitOutcome<?> outcome =
                        instance.connections.attempt(
                            tx -> apply(locking(tx, locks), UnaryOperator.identity(), batch));
                    if (outcome instanceof Aborted<?>(Exception cause)
                        && "40P01".equals(state(cause))) {
                      deadlocks.incrementAndGet();
                    }
                  }
                  return null;
                }));
      }
      for (Future<?> each : running) {
        each.get();
      }
    }
    return deadlocks.get();
  }

  /// The journal's own statements, but for the one that locks accounts.
  private static JournalTransaction locking(JournalTransaction tx, String accounts) {
    return new JournalTransaction(
        sql -> tx.sql().sql(sql.equals(JournalReader.LOCK_ACCOUNTS) ? accounts : sql), tx.jdbc());
  }

  /// One batch whose planner sees doctored rows.
  private static CommitOutcome<List<CommandResult<?>>> attempt(
      JournalInstance ledger, UnaryOperator<LockedRows> seen, JournalCommand<?> command) {
    return ledger.connections.attempt(tx -> apply(tx, seen, List.of(command)));
  }

  private static List<CommandResult<?>> apply(
      JournalTransaction tx, UnaryOperator<LockedRows> seen, List<JournalCommand<?>> batch) {
    Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
    LockedRows rows = seen.apply(new JournalReader(tx.sql(), Locking.WAIT).read(batch).rows());
    BatchPlan plan = BatchPlan.of(batch, rows, now);
    StatementPipeline writes = new StatementPipeline();
    new JournalWriter(writes, JSON).write(plan.writes(), now);
    new Outbox(JSON).append(writes, plan.writes().events);
    writes.run(tx);
    return plan.decisions();
  }

  private LockedRows withoutVoids(LockedRows rows) {
    Map<UUID, TransferState> transfers = new java.util.HashMap<>();
    rows.transfers()
        .forEach(
            (id, t) ->
                transfers.put(
                    id,
                    new TransferState(
                        t.terms(),
                        t.status(),
                        t.eventCount(),
                        t.screening(),
                        t.rejection(),
                        t.capturedMinor(),
                        t.captureCount(),
                        false,
                        t.reversals(),
                        t.isHoldLive(),
                        t.saga(),
                        t.expiresAt(),
                        t.allowanceWindow(),
                        t.finishedAt())));
    return new LockedRows(rows.commands(), transfers, rows.accounts(), rows.unscreened());
  }

  private LockedRows withoutFloors(LockedRows rows) {
    Map<UUID, AccountState> accounts = new java.util.HashMap<>();
    rows.accounts()
        .forEach(
            (id, a) ->
                accounts.put(
                    id,
                    new AccountState(
                        id,
                        a.currency(),
                        a.isSystem(),
                        new AccountTerms(false, Sides.NONE, Sides.NONE, null, 0),
                        a.creditsPostedMinor(),
                        a.debitsPostedMinor(),
                        a.creditsPendingMinor(),
                        a.debitsPendingMinor(),
                        a.lineCount(),
                        a.lastPostedAt(),
                        a.version())));
    return new LockedRows(rows.commands(), rows.transfers(), accounts, rows.unscreened());
  }

  private static CommandResult<?> decided(CommitOutcome<List<CommandResult<?>>> outcome) {
    return ((Committed<List<CommandResult<?>>>) outcome).value().getFirst();
  }

  private static String state(Exception cause) {
    for (Throwable t = cause; t != null; t = t.getCause()) {
      if (t instanceof SQLException sql) {
        return sql.getSQLState();
      }
    }
    return null;
  }
}
