package dev.payledger.ledger.journal;

import static dev.payledger.ledger.journal.JournalInstance.EXTERNAL_EUR;
import static dev.payledger.ledger.journal.JournalInstance.LONG;
import static dev.payledger.ledger.journal.JournalInstance.hold;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.payledger.kit.groupcommit.CommitOutcome;
import dev.payledger.kit.groupcommit.CommitOutcome.Aborted;
import dev.payledger.kit.groupcommit.CommitOutcome.Committed;
import dev.payledger.ledger.audit.AuditedBooks;
import dev.payledger.ledger.journal.JournalCommand.CaptureHold;
import dev.payledger.ledger.journal.JournalCommand.ChangeAccount;
import dev.payledger.ledger.journal.JournalCommand.ExpireHold;
import dev.payledger.ledger.journal.JournalCommand.HoldFunds;
import dev.payledger.ledger.journal.JournalCommand.HoldOutcome;
import dev.payledger.ledger.journal.JournalCommand.OfflineAllowance;
import dev.payledger.ledger.journal.JournalCommand.OpenAccount;
import dev.payledger.ledger.journal.JournalCommand.OpenBatch;
import dev.payledger.ledger.journal.JournalCommand.PostOutcome.CannotPost;
import dev.payledger.ledger.journal.JournalCommand.PostTransfer;
import dev.payledger.ledger.journal.JournalCommand.TurnBack;
import dev.payledger.ledger.journal.JournalCommand.VoidHold;
import dev.payledger.ledger.journal.JournalCommand.VoidTransfer;
import dev.payledger.ledger.journal.JournalTables.Locking;
import dev.payledger.ledger.journal.SerialModel.Answered;
import dev.payledger.testkit.Postgres;
import dev.payledger.testkit.Seed;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/// Two instances, many callers, twenty thousand commands: and one thread would have given the same
/// answers. Then each wall is taken away by itself, to see that the next one holds.
class JournalModelIT {
  /// The journal's own statement, but it takes its time before each lock: two that run together do overlap,
  /// also on a busy machine.
  private static final String SLOW_LOCKS =
      JournalTables.LOCK_ACCOUNTS.replace("SELECT id,", "SELECT pg_sleep(0.01), id,");

  private static final String SLOW_SHUFFLED_LOCKS =
      SLOW_LOCKS.replace("ORDER BY id", "ORDER BY random()");

  private static final int COMMANDS = 20_000;
  private static final int CALLERS = 48;
  private static final int ACCOUNTS = 12;

  /// The account's decides: which of an owner's accounts was first is in no answer.
  private static final OfflineAllowance ALLOWANCE =
      new OfflineAllowance(Instant.parse("2026-11-23T10:00:00Z"), 5_000, Integer.MAX_VALUE);

  private static final JsonMapper JSON = JsonMapper.shared();

  private final Queue<Answered> answers = new ConcurrentLinkedQueue<>();
  private ScratchDatabase database;
  private JournalInstance one;
  private JournalInstance two;

  @BeforeEach
  void start() {
    database = new ScratchDatabase("journal_model");
    database.migrate();
    database.noAccountIsBlocked();
    one = new JournalInstance(database.url());
    two = new JournalInstance(database.url());
  }

  @AfterEach
  void stop() {
    one.close();
    two.close();
    database.close();
  }

  @Test
  void twoInstancesUnderLoadAnswerAsOneThreadWould() throws Exception {
    Seed seed = Seed.next();
    List<UUID> accounts = new ArrayList<>();
    for (int i = 0; i < ACCOUNTS; i++) {
      accounts.add(opened());
      funded(accounts.get(i), 10_000);
    }
    List<Answered> expiring = new ArrayList<>();
    for (int i = 0; i < ACCOUNTS; i++) {
      expiring.add(heldForASecond(accounts.get(i), accounts.get((i + 1) % ACCOUNTS)));
    }
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> running = new ArrayList<>();
      for (int caller = 0; caller < CALLERS; caller++) {
        RandomGenerator random = new Seed(seed.value() + caller).random();
        running.add(
            callers.submit(
                () -> {
                  while (answers.size() < COMMANDS) {
                    if (random.nextInt(8) == 0) {
                      administer(random, accounts);
                    } else {
                      oneTransfer(random, accounts);
                    }
                  }
                }));
      }
      for (Future<?> each : running) {
        each.get();
      }
    }
    expiring.forEach(this::endBySeveral);

    List<Answered> all = List.copyOf(answers);
    assertThat(all).hasSizeGreaterThanOrEqualTo(COMMANDS);
    assertThat(SerialModel.disagreements(all)).as("seed " + seed.value()).isEmpty();
    SerialModel.amounts(all)
        .forEach((account, amounts) -> assertThat(amounts(account)).containsExactly(amounts));
    assertThat(AuditedBooks.violations(database.url())).isEmpty();
    assertThat(one.count("ledger.journal.halved") + two.count("ledger.journal.halved"))
        .as("batches that conflicted until they were given up")
        .isZero();
    long batches = committed(one) + committed(two);
    System.out.printf(
        "model: %,d commands in %,d transactions of two instances, %.0f attempts aborted%n",
        all.size(),
        batches,
        one.count("ledger.journal.attempts", "end", "aborted")
            + two.count("ledger.journal.attempts", "end", "aborted"));
    assertThat(batches).as("commands share transactions").isLessThan(all.size() / 2);
  }

  /// Changes of an account by its owner or an operator, each undone soon, and some asked for again when
  /// they are: under their id by the same request, or by another.
  private void administer(RandomGenerator random, List<UUID> accounts) {
    // The last accounts are empty now and then.
    UUID account = accounts.get(random.nextInt(ACCOUNTS));
    boolean byOperator = random.nextBoolean();
    List<AccountChange> changes =
        switch (random.nextInt(4)) {
          case 0 -> List.of(new AccountChange.Close(), new AccountChange.Reopen());
          case 1 -> List.of(new AccountChange.Overdraft(random.nextInt(3_000)));
          default ->
              List.of(
                  new AccountChange.Freeze(
                      byOperator ? Sides.values()[1 + random.nextInt(3)] : Sides.DEBITS),
                  new AccountChange.Unfreeze());
        };
    List<ChangeAccount> asked =
        changes.stream().map(change -> changed(account, change, byOperator)).toList();
    Answered last = null;
    for (ChangeAccount each : asked) {
      last = submit(random, each, last);
    }
    if (random.nextInt(3) == 0) {
      last = submit(random, asked.getFirst(), last);
      ChangeAccount other =
          new ChangeAccount(
              asked.getFirst().id(),
              Fingerprint.of(List.of("another request")),
              account,
              new AccountChange.Overdraft(1_000_000),
              "bob",
              true,
              null,
              null);
      submit(random, other, last);
    }
  }

  private static ChangeAccount changed(UUID account, AccountChange change, boolean byOperator) {
    UUID id = UUID.randomUUID();
    return new ChangeAccount(
        id, Fingerprint.of(List.of(id)), account, change, "alice", byOperator, null, null);
  }

  /// A transfer of any kind, by itself or asked for twice, and what its saga may do with it.
  private void oneTransfer(RandomGenerator random, List<UUID> accounts) {
    // Half of them are about one account.
    UUID debit = accounts.get(random.nextBoolean() ? 0 : random.nextInt(ACCOUNTS));
    UUID credit =
        switch (random.nextInt(40)) {
          case 0 -> debit;
          case 1 -> UUID.randomUUID();
          case 2 -> EXTERNAL_EUR;
          default -> accounts.get(random.nextInt(ACCOUNTS));
        };
    long minor = 1 + random.nextInt(random.nextInt(10) == 0 ? 20_000 : 400);
    if (random.nextInt(8) == 0) {
      toCapture(random, debit, credit, minor);
      return;
    }
    if (random.nextInt(16) == 0) {
      batches();
    }
    HoldFunds asked =
        random.nextInt(8) == 0 ? ofLegs(random, accounts) : hold(debit, credit, minor);
    Answered answer = submit(random, asked, null);
    if (random.nextInt(8) == 0) {
      HoldFunds again = hold(asked.id(), debit, credit, minor, false, Map.of());
      submit(random, again, answer);
    }
    if (random.nextInt(16) == 0) {
      submit(random, hold(asked.id(), debit, credit, minor + 1, false, Map.of()), answer);
    }
    if (!(answer.decision().outcome() instanceof HoldOutcome.Held)) {
      return;
    }
    switch (random.nextInt(10)) {
      case 0 -> {
        Answered turned = submit(random, new TurnBack(asked.id(), 1, null), answer);
        submit(random, new PostTransfer(asked.id(), 1, 1, null), turned);
        submit(random, new VoidHold(asked.id(), 1, false), turned);
      }
      case 1 -> submit(random, new PostTransfer(asked.id(), 1, 1, ALLOWANCE), answer);
      case 2 -> {
        submit(random, new PostTransfer(asked.id(), 2, 1, null), answer);
        Answered posted = submit(random, new PostTransfer(asked.id(), 1, 1, null), answer);
        submit(random, new PostTransfer(asked.id(), 1, 1, null), posted);
      }
      default -> {
        Answered posted = submit(random, new PostTransfer(asked.id(), 1, 1, null), answer);
        if (posted.decision().outcome() instanceof CannotPost(RejectionReason reason)) {
          Answered turned = submit(random, new TurnBack(asked.id(), 1, reason), posted);
          submit(random, new VoidHold(asked.id(), 1, false), turned);
        }
      }
    }
  }

  /// Two different batches under one id, each sent twice, at both instances at once.
  private void batches() {
    UUID id = UUID.randomUUID();
    try (ExecutorService several = Executors.newVirtualThreadPerTaskExecutor()) {
      for (JournalInstance instance : List.of(one, two)) {
        for (String items : List.of("A, B", "A, B, C")) {
          OpenBatch batch = new OpenBatch(id, Fingerprint.of(List.of(items)));
          several.execute(() -> submit(instance, batch, null));
        }
      }
    }
  }

  private static HoldFunds ofLegs(RandomGenerator random, List<UUID> accounts) {
    List<Leg> legs = new ArrayList<>();
    for (int i = 0; i <= 1 + random.nextInt(4); i++) {
      legs.add(
          new Leg(
              accounts.get(random.nextInt(4)),
              accounts.get(random.nextInt(ACCOUNTS)),
              1 + random.nextInt(200)));
    }
    return JournalInstance.hold(UUID.randomUUID(), legs, null, false, Map.of());
  }

  /// Held for its capture, and then captured and voided by several at once.
  private void toCapture(RandomGenerator random, UUID debit, UUID credit, long minor) {
    HoldFunds asked =
        JournalInstance.hold(
            UUID.randomUUID(),
            List.of(new Leg(debit, credit, minor)),
            Duration.ofHours(1),
            false,
            Map.of());
    Answered held = submit(random, asked, null);
    if (!(held.decision().outcome() instanceof HoldOutcome.Held)) {
      return;
    }
    if (random.nextInt(6) == 0) {
      held = submit(random, voided(asked.id()), held);
    }
    Answered screened = submit(random, new PostTransfer(asked.id(), 1, 1, null), held);
    if (screened.decision().outcome() instanceof JournalCommand.PostOutcome.VoidRequested) {
      Answered turned = submit(random, new TurnBack(asked.id(), 1, null), screened);
      submit(random, new VoidHold(asked.id(), 1, false), turned);
      return;
    }
    try (ExecutorService several = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 3; i++) {
        JournalCommand<?> change =
            switch (random.nextInt(5)) {
              case 0 -> voided(asked.id());
              case 1 -> captured(asked.id(), null, false);
              case 2 -> captured(asked.id(), 1L + random.nextInt(200), true);
              default -> captured(asked.id(), 1L + random.nextInt(200), false);
            };
        boolean isTwice = random.nextInt(6) == 0;
        boolean isFirst = random.nextBoolean();
        several.execute(
            () -> {
              Answered changed = submit(isFirst ? one : two, change, screened);
              if (isTwice) {
                submit(isFirst ? two : one, change, changed);
              }
            });
      }
    }
  }

  /// Screened, and over long before the load is.
  private Answered heldForASecond(UUID debit, UUID credit) {
    HoldFunds asked =
        JournalInstance.hold(
            UUID.randomUUID(),
            List.of(new Leg(debit, credit, 10)),
            Duration.ofSeconds(1),
            false,
            Map.of());
    return submit(one, new PostTransfer(asked.id(), 1, 1, null), submit(one, asked, null));
  }

  private void endBySeveral(Answered screened) {
    UUID transfer = ((PostTransfer) screened.command()).transferId();
    try (ExecutorService several = Executors.newVirtualThreadPerTaskExecutor()) {
      several.execute(() -> submit(one, new ExpireHold(transfer, 1), screened));
      several.execute(() -> submit(two, new ExpireHold(transfer, 1), screened));
      several.execute(() -> submit(one, voided(transfer), screened));
      several.execute(() -> submit(two, voided(transfer), screened));
    }
  }

  private static CaptureHold captured(UUID transfer, Long minor, boolean isFinal) {
    return new CaptureHold(
        UUID.randomUUID(), Fingerprint.of(List.of(transfer)), transfer, minor, isFinal);
  }

  private static VoidTransfer voided(UUID transfer) {
    return new VoidTransfer(UUID.randomUUID(), Fingerprint.of(List.of(transfer)), transfer);
  }

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
  void withoutTheConstraintTooTheModelAndTheAuditorReportIt() {
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
  void withoutRecognitionThePrimaryKeyRefusesAndWithoutThatTheModelReportsTheDuplicate() {
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
  void withoutTheLockOrderThereAreDeadlocksAndWithItThereAreNone() throws Exception {
    database.superuser("ALTER DATABASE journal_model SET deadlock_timeout = '20ms'");
    List<UUID> accounts = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      accounts.add(opened());
    }

    assertThat(SLOW_LOCKS).isNotEqualTo(JournalTables.LOCK_ACCOUNTS);
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
        sql -> tx.sql().sql(sql.equals(JournalTables.LOCK_ACCOUNTS) ? accounts : sql), tx.jdbc());
  }

  /// One batch whose planner sees doctored rows.
  private static CommitOutcome<List<Decision<?>>> attempt(
      JournalInstance ledger, UnaryOperator<LockedRows> seen, JournalCommand<?> command) {
    return ledger.connections.attempt(tx -> apply(tx, seen, List.of(command)));
  }

  private static List<Decision<?>> apply(
      JournalTransaction tx, UnaryOperator<LockedRows> seen, List<JournalCommand<?>> batch) {
    Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
    LockedRows rows = seen.apply(new JournalTables(tx.sql(), Locking.WAIT).read(batch).rows());
    BatchPlan plan = BatchPlan.of(batch, rows, now);
    Pipeline writes = new Pipeline();
    new JournalWrites(writes, JSON).write(plan.writes(), now);
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

  private static Decision<?> decided(CommitOutcome<List<Decision<?>>> outcome) {
    return ((Committed<List<Decision<?>>>) outcome).value().getFirst();
  }

  private UUID opened() {
    UUID id = UUID.randomUUID();
    Fingerprint fingerprint = Fingerprint.of(List.of(id));
    submit(one, new OpenAccount(id, fingerprint, "alice", "Test", "EUR"), null);
    return id;
  }

  private void funded(UUID account, long minor) {
    HoldFunds money = hold(EXTERNAL_EUR, account, minor, true);
    submit(one, new PostTransfer(money.id(), 1, 1, null), submit(one, money, null));
  }

  private Answered submit(RandomGenerator random, JournalCommand<?> command, Answered after) {
    return submit(random.nextBoolean() ? one : two, command, after);
  }

  private Answered submit(JournalInstance ledger, JournalCommand<?> command, Answered after) {
    return record(command, ledger.journal.decide(command, LONG), after);
  }

  private Answered record(JournalCommand<?> command, Decision<?> decision, Answered after) {
    Answered answer = new Answered(command, decision, after);
    answers.add(answer);
    return answer;
  }

  private static long committed(JournalInstance ledger) {
    return (long) ledger.count("ledger.journal.attempts", "end", "committed");
  }

  private static String state(Exception cause) {
    for (Throwable t = cause; t != null; t = t.getCause()) {
      if (t instanceof SQLException sql) {
        return sql.getSQLState();
      }
    }
    return null;
  }

  /// Balance, holds and floor of an account in the database.
  private long[] amounts(UUID account) {
    try (Connection connection = Postgres.superuser(database.name());
        Statement statement = connection.createStatement();
        var row =
            statement.executeQuery(
                "SELECT credits_posted_minor - debits_posted_minor, debits_pending_minor,"
                    + " coalesce(floor_minor, 0) FROM account WHERE id = '"
                    + account
                    + "'")) {
      row.next();
      return new long[] {row.getLong(1), row.getLong(2), row.getLong(3)};
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
