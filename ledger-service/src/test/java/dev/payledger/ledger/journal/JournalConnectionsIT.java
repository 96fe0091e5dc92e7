package dev.payledger.ledger.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.payledger.kit.groupcommit.CommitOutcome;
import dev.payledger.kit.groupcommit.CommitOutcome.Aborted;
import dev.payledger.kit.groupcommit.CommitOutcome.Blocked;
import dev.payledger.kit.groupcommit.CommitOutcome.Committed;
import dev.payledger.kit.groupcommit.CommitOutcome.Unknown;
import dev.payledger.testkit.Ports;
import dev.payledger.testkit.Postgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The three ends of a transaction, each brought about on a real server under the journal's role.
/// The `tally` table holds two rows, 1 and 2; a `late` row is looked at by the server only at
/// COMMIT.
class JournalConnectionsIT {
  private static ScratchDatabase database;
  private static HikariDataSource pool;
  private static JournalConnections connections;

  @BeforeAll
  static void createTables() {
    database = new ScratchDatabase("scratch");
    database.superuser(
        """
        -- Before the role's lock time-out.
        ALTER DATABASE scratch SET deadlock_timeout = '50ms';
        CREATE TABLE tally (id int PRIMARY KEY, n int NOT NULL,
          CONSTRAINT tally_is_never_negative CHECK (n >= 0));
        CREATE TABLE late (what text PRIMARY KEY);
        CREATE TABLE command (id int PRIMARY KEY);
        CREATE FUNCTION act_at_commit() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          CASE NEW.what
            WHEN 'warn' THEN RAISE WARNING 'canceling wait for synchronous replication';
            WHEN 'die' THEN PERFORM pg_terminate_backend(pg_backend_pid());
            WHEN 'take long' THEN PERFORM pg_sleep(10);
            WHEN 'nothing' THEN NULL;
            ELSE RAISE EXCEPTION 'refused late' USING ERRCODE = NEW.what;
          END CASE;
          RETURN NULL;
        END $$;
        CREATE CONSTRAINT TRIGGER late_acts_at_commit AFTER INSERT ON late
          DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION act_at_commit();
        GRANT SELECT, INSERT, UPDATE ON tally, late, command TO ledger_journal
        """);
    pool = pool(database.url(), 2);
    connections = new JournalConnections(pool);
  }

  @AfterAll
  static void dropTables() {
    pool.close();
    database.close();
  }

  @BeforeEach
  void emptyTables() {
    database.superuser("TRUNCATE tally, late, command; INSERT INTO tally VALUES (1, 0), (2, 0)");
  }

  @AfterEach
  void noConnectionIsKept() {
    assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
    assertThat(connections.attempt(tx -> add(tx, 2))).isInstanceOf(Committed.class);
  }

  @Test
  void whatTheDatabaseSaidYesToIsCommitted() {
    CommitOutcome<Integer> outcome = connections.attempt(tx -> add(tx, 1));

    assertThat(outcome).isEqualTo(new Committed<>(1));
    assertThat(tally(1)).isEqualTo(1);
  }

  @Test
  void everyTransactionIsSerializable() {
    assertThat(
            connections.attempt(
                tx -> {
                  tx.sql().sql("SELECT 1").query(Integer.class).single();
                  return tx.sql().sql("SHOW transaction_isolation").query(String.class).single();
                }))
        .isEqualTo(new Committed<>("serializable"));
  }

  @Test
  void anUpdateOfWhatAnotherHasChangedSinceIsAborted() {
    CommitOutcome<Integer> outcome =
        connections.attempt(
            tx -> {
              sum(tx);
              assertThat(connections.attempt(other -> add(other, 1))).isInstanceOf(Committed.class);
              return add(tx, 1);
            });

    assertAborted(outcome, "40001");
    assertThat(tally(1)).isEqualTo(1);
  }

  /// Each reads what the other writes, and no row is written by both: only SERIALIZABLE sees it.
  @Test
  void aWriteSkewIsAborted() {
    CommitOutcome<Integer> outcome =
        connections.attempt(
            tx -> {
              assertThat(sum(tx)).isZero();
              assertThat(
                      connections.attempt(
                          other -> {
                            sum(other);
                            return add(other, 2);
                          }))
                  .isInstanceOf(Committed.class);
              return add(tx, 1);
            });

    assertAborted(outcome, "40001");
    assertThat(tally(1)).isZero();
    assertThat(tally(2)).isEqualTo(1);
  }

  @Test
  void oneOfTwoInADeadlockIsAbortedAndTheOtherCommits() throws Exception {
    CyclicBarrier bothHoldOne = new CyclicBarrier(2);
    List<CommitOutcome<Integer>> outcomes = new ArrayList<>();
    try (ExecutorService callers = Executors.newFixedThreadPool(2)) {
      List<Future<CommitOutcome<Integer>>> both = new ArrayList<>();
      for (int first : new int[] {1, 2}) {
        both.add(
            callers.submit(
                () ->
                    connections.attempt(
                        tx -> {
                          add(tx, first);
                          await(bothHoldOne);
                          return add(tx, 3 - first);
                        })));
      }
      for (Future<CommitOutcome<Integer>> one : both) {
        outcomes.add(one.get(20, TimeUnit.SECONDS));
      }
    }

    assertThat(outcomes).filteredOn(Committed.class::isInstance).hasSize(1);
    assertAborted(
        outcomes.stream().filter(o -> !(o instanceof Committed)).findFirst().orElseThrow(),
        "40P01");
    assertThat(tally(1)).isEqualTo(1);
    assertThat(tally(2)).isEqualTo(1);
  }

  /// Of two first attempts of one command, one finds the other's row the next time.
  @Test
  void secondInsertOfOneCommandIsAborted() {
    Function<JournalTransaction, Integer> insert =
        tx -> execute(tx, "INSERT INTO command VALUES (1)");
    connections.attempt(insert);

    assertAborted(connections.attempt(insert), "23505");
  }

  @Test
  void anyOtherDuplicateIsDefect() {
    insertLate("nothing");

    assertThatThrownBy(() -> insertLate("nothing"))
        .isInstanceOf(JournalDefect.class)
        .hasStackTraceContaining("late_pkey");
  }

  @Test
  void lockThatIsNotGivenInTimeIsBlocked() throws SQLException {
    try (Connection other = Postgres.superuser("scratch");
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("UPDATE tally SET n = 5 WHERE id = 1");
      assertBlocked(
          connections.attempt(
              tx -> {
                execute(tx, "SET LOCAL lock_timeout = '50ms'");
                return add(tx, 1);
              }),
          "55P03");
      other.rollback();
    }
  }

  @Test
  void cancelledStatementIsBlocked() {
    assertBlocked(
        connections.attempt(
            tx -> {
              add(tx, 1);
              execute(tx, "SET LOCAL statement_timeout = '50ms'");
              return execute(tx, "SELECT pg_sleep(10)");
            }),
        "57014");
    assertThat(tally(1)).isZero();
  }

  @Test
  void transactionThatOutlivesItsTimeIsBlocked() {
    try (HikariDataSource hasty = hastyPool()) {
      assertBlocked(
          new JournalConnections(hasty)
              .attempt(
                  tx -> {
                    add(tx, 1);
                    return execute(tx, "SELECT pg_sleep(10)");
                  }),
          "25P04");
    }
    assertThat(tally(1)).isZero();
  }

  @Test
  void aConnectionLostBeforeCommitIsAborted() {
    CommitOutcome<Integer> outcome =
        connections.attempt(
            tx -> {
              add(tx, 1);
              terminate(pid(tx));
              return add(tx, 1);
            });

    assertThat(outcome).isInstanceOf(Aborted.class);
    assertThat(tally(1)).isZero();
  }

  @Test
  void aTransactionThatSleptTooLongIsAborted() {
    CommitOutcome<Integer> outcome =
        connections.attempt(
            tx -> {
              add(tx, 1);
              int pid = pid(tx);
              execute(tx, "SET LOCAL idle_in_transaction_session_timeout = '50ms'");
              Awaitility.await()
                  .atMost(Duration.ofSeconds(10))
                  .pollInterval(Duration.ofMillis(20))
                  .until(() -> !isAlive(pid));
              return add(tx, 1);
            });

    assertThat(outcome).isInstanceOf(Aborted.class);
    assertThat(tally(1)).isZero();
  }

  @Test
  void anExhaustedPoolIsAborted() {
    try (HikariDataSource one = pool(database.url(), 1)) {
      JournalConnections scarce = new JournalConnections(one);

      CommitOutcome<CommitOutcome<Integer>> outcome =
          scarce.attempt(
              tx -> {
                add(tx, 1);
                return scarce.attempt(other -> add(other, 2));
              });

      assertThat(outcome)
          .isInstanceOfSatisfying(
              Committed.class,
              committed -> assertThat(committed.value()).isInstanceOf(Aborted.class));
    }
    assertThat(tally(1)).isEqualTo(1);
    assertThat(tally(2)).isZero();
  }

  @Test
  void aServerThatIsNotThereIsAborted() {
    try (HikariDataSource nowhere =
        pool("jdbc:postgresql://127.0.0.1:" + Ports.free() + "/scratch", 1)) {
      assertThat(new JournalConnections(nowhere).attempt(tx -> add(tx, 1)))
          .isInstanceOf(Aborted.class);
    }
  }

  @ParameterizedTest
  @CsvSource({"40001", "40P01"})
  void aRefusalOfTheCommitItselfIsAborted(String state) {
    assertAborted(insertLate(state), state);
    assertThat(lateRows()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"55P03", "57014"})
  void slowCommitThatIsRefusedIsBlocked(String state) {
    assertBlocked(insertLate(state), state);
    assertThat(lateRows()).isZero();
  }

  /// The row is there, and may be on one machine only.
  @Test
  void aWarningAtCommitIsUnknown() {
    assertThat(insertLate("warn")).isInstanceOf(Unknown.class);

    assertThat(lateRows()).isEqualTo(1);
  }

  @Test
  void aWarningBeforeCommitIsNoConcern() {
    assertThat(
            connections.attempt(
                tx -> execute(tx, "DO $$ BEGIN RAISE WARNING 'of no concern'; END $$")))
        .isInstanceOf(Committed.class);
  }

  @Test
  void aConnectionLostAtCommitIsUnknown() {
    assertThat(insertLate("die")).isInstanceOf(Unknown.class);
    assertThat(lateRows()).isZero();
  }

  @Test
  void aConnectionLostJustBeforeCommitIsUnknown() {
    assertThat(
            connections.attempt(
                tx -> {
                  add(tx, 1);
                  terminate(pid(tx));
                  return 1;
                }))
        .isInstanceOf(Unknown.class);
    assertThat(tally(1)).isZero();
  }

  /// The server ends the connection, and could do so just after it has committed.
  @Test
  void aTimeOutDuringCommitIsUnknown() {
    try (HikariDataSource hasty = hastyPool()) {
      assertThat(
              new JournalConnections(hasty)
                  .attempt(tx -> execute(tx, "INSERT INTO late VALUES ('take long')")))
          .isInstanceOf(Unknown.class);
    }
  }

  @Test
  void aLawThatIsBrokenIsADefectAndNothingIsWritten() {
    assertThatThrownBy(
            () ->
                connections.attempt(
                    tx -> {
                      add(tx, 1);
                      return execute(tx, "UPDATE tally SET n = -1 WHERE id = 2");
                    }))
        .isInstanceOf(JournalDefect.class)
        .rootCause()
        .hasMessageContaining("tally_is_never_negative");
    assertThat(tally(1)).isZero();
  }

  @Test
  void anExceptionOfOursRollsBackAndIsPassedOn() {
    IllegalStateException ours = new IllegalStateException("a bug");

    assertThatThrownBy(
            () ->
                connections.attempt(
                    tx -> {
                      add(tx, 1);
                      throw ours;
                    }))
        .isSameAs(ours);
    assertThat(tally(1)).isZero();
  }

  private static void assertBlocked(CommitOutcome<?> outcome, String state) {
    assertThat(outcome)
        .isInstanceOfSatisfying(
            Blocked.class,
            blocked ->
                assertThat(blocked.cause())
                    .isInstanceOfSatisfying(
                        SQLException.class, sql -> assertThat(sql.getSQLState()).isEqualTo(state)));
  }

  private static void assertAborted(CommitOutcome<?> outcome, String state) {
    assertThat(outcome)
        .isInstanceOfSatisfying(
            Aborted.class,
            aborted ->
                assertThat(aborted.cause())
                    .isInstanceOfSatisfying(
                        SQLException.class, sql -> assertThat(sql.getSQLState()).isEqualTo(state)));
  }

  private static CommitOutcome<Integer> insertLate(String what) {
    Function<JournalTransaction, Integer> insert =
        tx -> tx.sql().sql("INSERT INTO late VALUES (:what)").param("what", what).update();
    return connections.attempt(insert);
  }

  private static int add(JournalTransaction tx, int id) {
    return tx.sql().sql("UPDATE tally SET n = n + 1 WHERE id = :id").param("id", id).update();
  }

  private static int sum(JournalTransaction tx) {
    return tx.sql().sql("SELECT sum(n) FROM tally").query(Integer.class).single();
  }

  private static int execute(JournalTransaction tx, String sql) {
    return tx.sql().sql(sql).update();
  }

  private static int pid(JournalTransaction tx) {
    return tx.sql().sql("SELECT pg_backend_pid()").query(Integer.class).single();
  }

  private static void terminate(int pid) {
    assertThat(number("SELECT pg_terminate_backend(" + pid + ", 5000)::int")).isEqualTo(1);
  }

  private static boolean isAlive(int pid) {
    return number("SELECT count(*) FROM pg_stat_activity WHERE pid = " + pid) == 1;
  }

  private static int tally(int id) {
    return number("SELECT n FROM tally WHERE id = " + id);
  }

  private static int lateRows() {
    return number("SELECT count(*) FROM late");
  }

  private static int number(String sql) {
    try (Connection connection = Postgres.superuser("scratch");
        Statement statement = connection.createStatement();
        var row = statement.executeQuery(sql)) {
      row.next();
      return row.getInt(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await(10, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /// Its transactions end after 200 ms.
  private static HikariDataSource hastyPool() {
    return pool(database.url() + "?options=-c%20transaction_timeout=200ms", 1);
  }

  private static HikariDataSource pool(String url, int connectionsMax) {
    return new JournalConfiguration()
        .journalDataSource(
            new JournalProperties(
                url,
                "ledger_journal",
                "ledger-journal-demo",
                connectionsMax,
                1,
                1,
                1,
                Duration.ZERO,
                Duration.ZERO,
                Duration.ZERO,
                1));
  }
}
