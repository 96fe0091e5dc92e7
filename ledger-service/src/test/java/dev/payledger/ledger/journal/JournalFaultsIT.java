package dev.payledger.ledger.journal;

import static dev.payledger.ledger.journal.JournalInstance.LONG;
import static dev.payledger.ledger.journal.JournalInstance.hold;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.payledger.ledger.journal.JournalCommand.HoldFunds;
import dev.payledger.ledger.journal.JournalCommand.HoldOutcome;
import dev.payledger.ledger.journal.JournalCommand.OfflineAllowance;
import dev.payledger.ledger.journal.JournalCommand.PostOutcome;
import dev.payledger.ledger.journal.JournalCommand.PostTransfer;
import dev.payledger.stack.server.TcpProxy;
import dev.payledger.testkit.Postgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What goes wrong under a batch, on a real server: none of it reads as a business "no", and none of
/// it happens twice.
class JournalFaultsIT {
  /// What one batch may wait for a row, 250 ms, and for its turn, 500 ms.
  private static final Duration LOCK_WAIT_AND_TURN = Duration.ofMillis(750);

  private static ScratchDatabase database;
  private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
  private JournalInstance ledger;
  private UUID alice;
  private UUID bob;

  @BeforeAll
  static void createDatabase() {
    database = new ScratchDatabase("journal_faults");
    database.migrate();
    database.noAccountIsBlocked();
  }

  @AfterAll
  static void dropDatabase() {
    database.close();
  }

  @BeforeEach
  void start() {
    ledger = new JournalInstance(database.url());
    alice = ledger.open("alice", 1_000);
    bob = ledger.open("bob");
  }

  @AfterEach
  void stop() {
    callers.shutdownNow();
    ledger.close();
  }

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
  void aCommandThatBreaksALawFailsAloneAndItsNeighboursHappen() throws Exception {
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

  /// Somebody else locks two accounts against the journal's order.
  @Test
  void aDeadlockIsRiddenOut() throws Exception {
    UUID low = alice.toString().compareTo(bob.toString()) < 0 ? alice : bob;
    UUID high = low.equals(alice) ? bob : alice;
    try (Connection other = locked(high)) {
      Future<HoldOutcome> answer = submit(hold(alice, bob, 1));
      await()
          .pollInterval(Duration.ofMillis(10))
          .until(() -> number("SELECT count(*) FROM pg_locks WHERE NOT granted") > 0);
      try (Statement statement = other.createStatement()) {
        statement.execute("SELECT 1 FROM account WHERE id = '" + low + "' FOR UPDATE");
      } catch (SQLException e) {
        assertThat(e.getSQLState()).as("the other one is the victim").isEqualTo("40P01");
      }
      other.rollback();

      assertThat(answer.get()).isInstanceOf(HoldOutcome.Held.class);
    }
    assertThat(minor("debits_pending_minor", alice)).isEqualTo(1);
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

  @Test
  void aFullQueueRefusesAtOnceAndTheRestIsDecided() throws Exception {
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

  /// It locks the saga first and its foreign key the transfer then, against the journal's order.
  @Test
  void reviewDecisionAndJournalNeverDeadlock() throws Exception {
    HoldFunds held = hold(alice, bob, 1);
    ledger.journal.submit(held, LONG);
    try (Connection review = database.simply("ledger_app")) {
      review.setAutoCommit(false);
      try (Statement statement = review.createStatement()) {
        statement.execute(
            "SELECT 1 FROM saga WHERE transfer_id = '%s' FOR NO KEY UPDATE".formatted(held.id()));
        Future<PostOutcome> post =
            callers.submit(
                () -> ledger.journal.submit(new PostTransfer(held.id(), 1, 1, null), LONG));
        await()
            .pollInterval(Duration.ofMillis(5))
            .until(
                () ->
                    number("SELECT count(*) FROM pg_locks WHERE NOT granted") > 0
                        || ledger.count("ledger.journal.postponed") > 0);
        // Rows that refer to what the journal has locked are no reason to wait for it.
        statement.execute("SET LOCAL lock_timeout = '50ms'");
        statement.execute(
            """
            INSERT INTO review_decision (transfer_id, decision, reason, decided_by, decided_at)
            VALUES ('%s', 'APPROVE', 'known customer', 'operator', now())"""
                .formatted(held.id()));
        review.commit();

        assertThat(post.get()).isEqualTo(new PostOutcome.Posted());
      }
    }
  }

  /// A stranger holds a row of alice's for longer than anybody waits. Transfers on her account are
  /// streamed all the while, and carol's are decided as if nothing were.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT 1 FROM account WHERE id = '%1$s' FOR UPDATE",
        "SELECT 1 FROM transfer WHERE debit_account_id = '%1$s' FOR UPDATE",
        "SELECT 1 FROM saga WHERE transfer_id IN (SELECT id FROM transfer WHERE"
            + " debit_account_id = '%1$s') FOR UPDATE",
        "SELECT 1 FROM hold WHERE account_id = '%1$s' FOR UPDATE",
        "SELECT 1 FROM offline_allowance WHERE account_id = '%1$s' FOR UPDATE",
        "SELECT 1 FROM owner_offline_allowance WHERE owner IN (SELECT owner FROM account WHERE"
            + " id = '%1$s') FOR UPDATE"
      })
  void rowLockOfStrangerKeepsNobodyElse(String lock) throws Exception {
    UUID carol = ledger.open("carol", 1_000);
    OfflineAllowance allowance = new OfflineAllowance(Instant.EPOCH, 1_000, 1_000_000);
    HoldFunds unscreened = hold(alice, bob, 1);
    ledger.journal.submit(unscreened, LONG);
    ledger.journal.submit(new PostTransfer(unscreened.id(), 1, 1, allowance), LONG);
    List<HoldFunds> held = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      held.add(hold(alice, bob, 1));
      ledger.journal.submit(held.getLast(), LONG);
    }
    Duration alone = time(() -> submitOneByOne(50, carol));
    double blocked = ledger.count("ledger.journal.attempts", "end", "blocked");
    List<Future<?>> stuck = new ArrayList<>();
    Duration besideTheStranger;
    try (Connection stranger = locked(lock.formatted(alice))) {
      besideTheStranger =
          time(
              () -> {
                for (HoldFunds each : held) {
                  stuck.add(
                      callers.submit(
                          () ->
                              ledger.journal.submit(
                                  new PostTransfer(each.id(), 1, 1, allowance),
                                  Duration.ofSeconds(30))));
                  submitOneByOne(1, carol);
                }
              });
      assertThat(stuck).noneMatch(Future::isDone);
      stranger.rollback();
    }

    assertThat(ledger.count("ledger.journal.attempts", "end", "blocked") - blocked)
        .as("batches that waited for the stranger in vain, and ended so")
        .isZero();
    assertThat(besideTheStranger)
        .as("fifty of carol's, which took %s without the stranger", alone)
        .isLessThan(alone.multipliedBy(3).plus(LOCK_WAIT_AND_TURN.multipliedBy(4)));
    for (Future<?> each : stuck) {
      assertThat(each.get()).isEqualTo(new PostOutcome.Posted());
    }
  }

  /// Commands that need the row keep coming; only the first of them makes the writer wait.
  @Test
  void lockedRowIsWaitedForOnce() throws Exception {
    UUID carol = ledger.open("carol", 10_000);
    List<Future<?>> stuck = new ArrayList<>();
    Set<String> waits = new HashSet<>();
    try (Connection other =
            locked("SELECT 1 FROM account WHERE id = '%s' FOR UPDATE".formatted(alice));
        Connection watching = Postgres.superuser(database.name())) {
      for (int n = 0; n < 80; n++) {
        long next = System.nanoTime() + Duration.ofMillis(100).toNanos();
        stuck.add(
            callers.submit(
                () -> ledger.journal.submit(hold(alice, bob, 1), Duration.ofSeconds(30))));
        // A wait lasts 250 ms, so several looks see it; it is one by when its statement began.
        do {
          waits.addAll(waitsForRows(watching));
          LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        } while (System.nanoTime() - next < 0);
      }
      submitOneByOne(1, carol);
      other.rollback();
    }

    assertThat(waits)
        .as("waits of the writer; four and more when the row is waited for each second")
        .isNotEmpty()
        .hasSizeLessThanOrEqualTo(2);
    for (Future<?> each : stuck) {
      try {
        each.get();
      } catch (ExecutionException e) {
        assertThat(e).hasCauseInstanceOf(JournalUnavailable.class);
      }
    }
  }

  /// When each statement of the journal began that now waits for a row.
  private static List<String> waitsForRows(Connection superuser) throws SQLException {
    List<String> waits = new ArrayList<>();
    try (Statement statement = superuser.createStatement();
        var row =
            statement.executeQuery(
                """
                SELECT query_start FROM pg_stat_activity WHERE datname = current_database()
                  AND usename = 'ledger_journal' AND wait_event_type = 'Lock'
                  AND wait_event <> 'advisory'
                """)) {
      while (row.next()) {
        waits.add(row.getString(1));
      }
    }
    return waits;
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

  /// Its turn is a session's lock: it must not outlive the batch, nor be waited for for ever.
  @Test
  void peerFrozenInItsTurnIsNotWaitedForLong() throws Exception {
    UUID carol = ledger.open("carol", 1_000);
    Duration alone = time(() -> submitOneByOne(10, carol));
    try (Connection frozen = locked(alice);
        Statement statement = frozen.createStatement()) {
      statement.execute("SELECT pg_advisory_lock(7253)");

      assertThat(time(() -> submitOneByOne(10, carol)))
          .as("ten batches, of which one waited for its turn; they took %s without", alone)
          .isLessThan(alone.multipliedBy(2).plus(LOCK_WAIT_AND_TURN.multipliedBy(3)));
      frozen.rollback();
    }
    assertThat(
            number(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database ="
                    + " (SELECT oid FROM pg_database WHERE datname = current_database())"))
        .isZero();
  }

  /// Without prepared statements, so that COMMIT is said in full each time.
  private static String through(TcpProxy wire) {
    return database.url().replace(":" + Postgres.address().port(), ":" + wire.port())
        + "?prepareThreshold=0";
  }

  private void submitOneByOne(int count, UUID debit) {
    for (int i = 0; i < count; i++) {
      assertThat(ledger.journal.submit(hold(debit, bob, 1), LONG))
          .isInstanceOf(HoldOutcome.Held.class);
    }
  }

  private static Duration time(Runnable work) {
    long began = System.nanoTime();
    work.run();
    return Duration.ofNanos(System.nanoTime() - began);
  }

  private Future<HoldOutcome> submit(HoldFunds command) {
    return callers.submit(() -> ledger.journal.submit(command, LONG));
  }

  /// Keeps an instance's writer waiting for a connection.
  private static final class Pause implements AutoCloseable {
    private final JournalInstance instance;
    private final List<Connection> taken = new ArrayList<>();

    Pause(JournalInstance instance) throws SQLException {
      this.instance = instance;
      for (int i = 0; i < JournalInstance.CONNECTIONS; i++) {
        taken.add(instance.connection());
      }
    }

    /// Until the writer is at work on something.
    void awaitTaken() {
      await().pollInterval(Duration.ofMillis(5)).until(() -> instance.connectionsAwaited() > 0);
    }

    @Override
    public void close() throws SQLException {
      for (Connection each : taken) {
        each.close();
      }
    }
  }

  private void awaitQueued(int count) {
    await()
        .pollInterval(Duration.ofMillis(10))
        .until(() -> ledger.registry.get("ledger.journal.queue").gauge().value() >= count);
  }

  /// The account's row, locked by somebody else until the rollback.
  private static Connection locked(UUID account) throws SQLException {
    return locked("SELECT 1 FROM account WHERE id = '" + account + "' FOR UPDATE");
  }

  private static Connection locked(String sql) throws SQLException {
    Connection connection = Postgres.superuser(database.name());
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
    return connection;
  }

  private long transactions() {
    return (long) ledger.count("ledger.journal.attempts", "end", "committed");
  }

  private static long minor(String column, UUID account) {
    return number("SELECT " + column + " FROM account WHERE id = '" + account + "'");
  }

  private static long rows(String table, UUID id) {
    return number("SELECT count(*) FROM " + table + " WHERE id = '" + id + "'");
  }

  private static long number(String sql) {
    try (Connection connection = Postgres.superuser(database.name());
        Statement statement = connection.createStatement();
        var row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
