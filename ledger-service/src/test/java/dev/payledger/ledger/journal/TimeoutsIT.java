package dev.payledger.ledger.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.ledger.LedgerUnderTest;
import dev.payledger.stack.server.TcpProxy;
import dev.payledger.testkit.Postgres;
import java.net.http.HttpRequest;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/// The time-outs of the ledger's roles, as `databases.sql` sets them: that each of them fires, and
/// that the journal outlives it. The journal's connections run through a line that can go dead.
class TimeoutsIT extends LedgerUnderTest {
  private static final Duration LONG_ENOUGH = Duration.ofSeconds(60);
  private static final TcpProxy LINE = TcpProxy.to(Postgres.address().port());

  @DynamicPropertySource
  static void theJournalsLine(DynamicPropertyRegistry registry) {
    registry.add("payledger.journal.lock-patience", () -> "20s");
    registry.add(
        "payledger.journal.url",
        () ->
            "jdbc:postgresql://127.0.0.1:"
                + LINE.port()
                + "/ledger?ApplicationName=journal-through-a-line&connectTimeout=2&socketTimeout=10");
  }

  /// A role, how it overstays, the setting that ends it and the SQL state that says so.
  private record Overstay(String role, String setting, Duration bound, String state) {
    static final List<Overstay> ALL =
        List.of(
            new Overstay("ledger_journal", "lock_timeout", Duration.ofMillis(250), "55P03"),
            new Overstay(
                "ledger_journal",
                "idle_in_transaction_session_timeout",
                Duration.ofSeconds(2),
                "25P03"),
            new Overstay("ledger_journal", "transaction_timeout", Duration.ofSeconds(5), "25P04"),
            new Overstay("ledger_app", "lock_timeout", Duration.ofSeconds(2), "55P03"),
            new Overstay(
                "ledger_app",
                "idle_in_transaction_session_timeout",
                Duration.ofSeconds(5),
                "25P03"),
            new Overstay("ledger_app", "transaction_timeout", Duration.ofSeconds(30), "25P04"));
  }

  /// All at once, since the longest takes half a minute.
  @Test
  void eachTimeOutOfEachRoleFires() throws Exception {
    // Of a saga each role may lock the row.
    UUID command = UUID.randomUUID();
    transfer(alice(), command, account("alice", 10), account("bob", 0), 10);
    UUID locked = transferOf(command);
    try (Connection superuser = Postgres.superuser("ledger");
        ExecutorService sessions = Executors.newVirtualThreadPerTaskExecutor()) {
      superuser.setAutoCommit(false);
      execute(
          superuser, "SELECT 1 FROM saga WHERE transfer_id = '%s' FOR UPDATE".formatted(locked));
      List<Future<Ended>> ended = new ArrayList<>();
      for (Overstay overstay : Overstay.ALL) {
        ended.add(sessions.submit(() -> end(overstay, locked)));
      }
      for (int i = 0; i < Overstay.ALL.size(); i++) {
        Overstay overstay = Overstay.ALL.get(i);
        Ended end = ended.get(i).get();
        System.out.printf(
            "%s %s = %.2f s: %s after %.2f s%n",
            overstay.role(),
            overstay.setting(),
            overstay.bound().toMillis() / 1000.0,
            end.state(),
            end.after().toMillis() / 1000.0);
        assertThat(end.state()).as(overstay.toString()).isEqualTo(overstay.state());
        assertThat(end.after())
            .as(overstay.toString())
            .isBetween(
                overstay.bound().multipliedBy(9).dividedBy(10), overstay.bound().plusSeconds(20));
      }
      superuser.rollback();
    }
  }

  @Test
  void aTransferWaitsOutALockThatIsHeldLongerThanTheTimeOut() throws SQLException {
    UUID a = account("alice", 100);
    UUID b = account("bob", 0);
    CompletableFuture<Answer> answer;
    try (Connection superuser = Postgres.superuser("ledger")) {
      superuser.setAutoCommit(false);
      execute(superuser, "SELECT 1 FROM account WHERE id = '%s' FOR UPDATE".formatted(a));
      answer = transferLater(a, b, "waits");
      Awaitility.await().atMost(LONG_ENOUGH).until(this::isWaiting);
      // Given up; those after it skip the row.
      Awaitility.await().atMost(LONG_ENOUGH).until(() -> !isWaiting());
      superuser.rollback();
    }

    assertThat(answer.join().status()).isEqualTo(201);
    assertGoesOn(a, b);
  }

  @Test
  void aTransferOutlivesATransactionThatTakesTooLong() throws SQLException {
    UUID a = account("alice", 100);
    UUID b = account("bob", 0);
    try (Connection superuser = Postgres.superuser("ledger")) {
      execute(
          superuser,
          """
          CREATE SEQUENCE slow_once;
          CREATE FUNCTION be_slow_once() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
          BEGIN
            IF NEW.reference = 'slow' AND nextval('slow_once') = 1 THEN PERFORM pg_sleep(60); END IF;
            RETURN NEW;
          END $$;
          CREATE TRIGGER transfer_is_slow_once BEFORE INSERT ON transfer
            FOR EACH ROW EXECUTE FUNCTION be_slow_once();
          """);
      try {
        assertThat(transferLater(a, b, "slow").join().status()).isEqualTo(201);
        assertThat(value(Long.class, "SELECT last_value FROM slow_once")).isEqualTo(2);
      } finally {
        execute(superuser, "DROP FUNCTION be_slow_once CASCADE; DROP SEQUENCE slow_once");
      }
    }
    assertGoesOn(a, b);
  }

  @Test
  void aTransferOutlivesALineThatGoesDeadInTheMiddleOfItsTransaction() {
    UUID a = account("alice", 100);
    UUID b = account("bob", 0);
    LINE.stallAfter("a-line-goes-dead");

    assertThat(transferLater(a, b, "a-line-goes-dead").join().status()).isEqualTo(201);
    assertThat(LINE.hasCut()).isTrue();
    assertGoesOn(a, b);
  }

  /// The money moved once, and the next transfer finds the journal as ever.
  private void assertGoesOn(UUID a, UUID b) {
    assertThat(balanceMinor(b)).isEqualTo(10);
    assertThat(transferLater(a, b, "and on").join().status()).isEqualTo(201);
    assertThat(balanceMinor(a)).isEqualTo(80);
  }

  private CompletableFuture<Answer> transferLater(UUID debit, UUID credit, String reference) {
    HttpRequest.Builder request =
        request("/v1/transfers", alice())
            .timeout(LONG_ENOUGH)
            .header("Content-Type", "application/json")
            .header("Command-Id", UUID.randomUUID().toString())
            .header("Request-Timeout-Ms", "30000")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    """
                    {"debitAccountId":"%s","creditAccountId":"%s","amountMinor":10,
                     "currency":"EUR","reference":"%s"}"""
                        .formatted(debit, credit, reference)));
    return CompletableFuture.supplyAsync(() -> send(request));
  }

  private boolean isWaiting() {
    return value(
            Long.class,
            """
            SELECT count(*) FROM pg_stat_activity
            WHERE application_name = 'journal-through-a-line' AND wait_event_type = 'Lock'
            """)
        > 0;
  }

  private record Ended(String state, Duration after) {}

  private static Ended end(Overstay overstay, UUID locked) throws SQLException {
    try (Connection session = as(overstay.role())) {
      session.setAutoCommit(false);
      int pid;
      try (Statement statement = session.createStatement();
          var row = statement.executeQuery("SELECT pg_backend_pid()")) {
        row.next();
        pid = row.getInt(1);
      }
      long start = System.nanoTime();
      try {
        switch (overstay.setting()) {
          case "lock_timeout" ->
              execute(
                  session,
                  "SELECT 1 FROM saga WHERE transfer_id = '%s' FOR NO KEY UPDATE"
                      .formatted(locked));
          case "transaction_timeout" -> execute(session, "SELECT pg_sleep(90)");
          default -> {
            Awaitility.await()
                .atMost(LONG_ENOUGH)
                .until(
                    () ->
                        value(
                                Long.class,
                                "SELECT count(*) FROM pg_stat_activity WHERE pid = ?",
                                pid)
                            == 0);
            execute(session, "SELECT 1");
          }
        }
      } catch (SQLException e) {
        return new Ended(e.getSQLState(), Duration.ofNanos(System.nanoTime() - start));
      }
      return new Ended("not ended", Duration.ofNanos(System.nanoTime() - start));
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
