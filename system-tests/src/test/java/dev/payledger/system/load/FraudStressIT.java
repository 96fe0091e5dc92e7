package dev.payledger.system.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.payledger.stack.Service;
import dev.payledger.system.FraudFault;
import dev.payledger.system.GeneratedPages;
import dev.payledger.system.Stack;
import dev.payledger.system.load.FraudStress.Measured;
import dev.payledger.system.load.SteadyLoad.Ran;
import dev.payledger.testkit.Measures;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Fraud-service is slow, silent, failing or talking nonsense under a steady load: the ledger goes
/// on reading and deciding, asks no more than it may, approves nothing by mistake, and recovers.
@Measures
class FraudStressIT extends Stack {
  private static final Duration MEASURED = Duration.ofSeconds(13);
  private static final Duration WARM_UP = Duration.ofSeconds(8);
  private static final Duration SLICE = Duration.ofSeconds(2);
  private static final int ROUNDS_MAX = 3;
  private static final int ACCOUNTS = 60;
  private static final double READS_SLOWER_MAX = 2;
  private static final double CONTROL_MILLIS_MAX = 500;
  private static final double CALLS_PER_TRANSFER_MAX = 1.1;

  /// What one account may move unscreened in an hour.
  private static final long ALLOWANCE_MINOR = 15_000;

  private static SteadyLoad load;

  @BeforeAll
  static void theLedgerHasItsDatabaseToItself() throws IOException {
    // Another test may have put a wire of its own in between.
    restartLedger(
        Map.of(
            "POSTGRES_PORT",
            Integer.toString(stack().ports().of(Service.POSTGRES)),
            "FRAUD_BREAKER_OPEN",
            "2s"));
  }

  @AfterAll
  static void andItsClocksBack() throws IOException {
    FraudFault.off();
    restartLedger(Map.of("FRAUD_BREAKER_OPEN", "1s"));
  }

  private static void restartLedger(Map<String, String> environment) throws IOException {
    for (Service service : Service.values()) {
      stack().start(service);
    }
    stack().with(Service.LEDGER, environment);
    stack().stop(Service.LEDGER);
    stack().start(Service.LEDGER);
    Service.ours().forEach(stack()::awaitReady);
  }

  @Test
  void fraudFaultsNeitherSlowOtherCallsNorApproveTransfers() throws Exception {
    load = new SteadyLoad(accounts("alice", 3_000_000, ACCOUNTS), accounts("bob", 0, 4));
    long ledger = stack().process(Service.LEDGER).pid();
    Meters before = Meters.read();
    int transfers = load.run(WARM_UP).transferCount();

    Map<FraudFault, Measured> last = new EnumMap<>(FraudFault.class);
    List<Ran> controls = new ArrayList<>();
    Set<FraudFault> left = EnumSet.allOf(FraudFault.class);
    for (int round = 1; round <= ROUNDS_MAX && !left.isEmpty(); round++) {
      // The machine is not the same all the time: each round has a healthy run of its own.
      Ran control = load.run(MEASURED);
      controls.add(control);
      transfers += control.transferCount();
      for (FraudFault fault : List.copyOf(left)) {
        Measured measured = measure(fault, control, round);
        transfers += measured.transfers();
        System.out.println(measured.line());
        last.put(fault, measured);
        if (isComparable(control) && measured.readsSlower() <= READS_SLOWER_MAX) {
          left.remove(fault);
        }
      }
    }

    Meters all = Meters.read().since(before);
    FraudStress.write(Path.of("target"), last.values(), controls, all, transfers);
    assertThat(stack().process(Service.LEDGER).pid())
        .as("it never ran out of memory")
        .isEqualTo(ledger);
    assertThat(all.reached() / transfers).isLessThanOrEqualTo(CALLS_PER_TRANSFER_MAX);
    assertThat(all.reached()).as("fraud's count and the ledger's").isLessThanOrEqualTo(all.asked());
    nothingWasRefusedAndPosted();
    everyApprovalIsFraudsOwn();
    noAccountPassedItsAllowance();
    checkBooks();
    assertThat(left)
        .as("slower than %s times a healthy run; is the machine busy otherwise?", READS_SLOWER_MAX)
        .isEmpty();
    assertThat(last.values())
        .allSatisfy(
            measured -> {
              assertThat(measured.ran().samples()).isGreaterThanOrEqualTo(5_000);
              assertThat(measured.ran().readsFailed()).isZero();
            });
    FraudStress.write(GeneratedPages.FOLDER, last.values(), controls, all, transfers);
  }

  /// Twice as slow as a run that crawled would say nothing.
  private static boolean isComparable(Ran control) {
    return control.readsFailed() == 0 && control.percentile(99) <= CONTROL_MILLIS_MAX;
  }

  private static Measured measure(FraudFault fault, Ran control, int round) {
    settle();
    Meters before = Meters.read();
    Ran ran;
    fault.on();
    Meters.Peaks peaks = new Meters.Peaks();
    try (peaks) {
      ran = load.run(MEASURED);
    } finally {
      FraudFault.off();
    }
    Meters during = Meters.read().since(before);
    int transfers = ran.transferCount() + settle();
    Meters all = Meters.read().since(before);

    if (fault.opensTheBreaker()) {
      assertThat(during.moved("CLOSED", "OPEN")).as(fault.title()).isPositive();
      assertThat(during.moved("OPEN", "HALF_OPEN")).as(fault.title()).isPositive();
      assertThat(all.moved("HALF_OPEN", "CLOSED")).as(fault.title()).isPositive();
    }
    Measured measured = new Measured(fault, round, ran, control, transfers, during, all, peaks);
    // With a fault that the breaker does not see, what was saved up may be spent in a short while:
    // then the whole run counts.
    if (fault.opensTheBreaker()) {
      assertThat(measured.callsPerTransfer())
          .as(fault.title())
          .isLessThanOrEqualTo(CALLS_PER_TRANSFER_MAX);
    }
    // Platform threads: the calls themselves are virtual ones, as many as the bulkhead lets pass.
    assertThat(peaks.ledgerThreads()).as(fault.title()).isLessThan(100);
    assertThat(peaks.fraudThreads()).as(fault.title()).isLessThan(100);
    return measured;
  }

  /// Goes on at the same rate until the breaker is closed and nothing waits.
  ///
  /// @return how many transfers that took
  private static int settle() {
    int[] transfers = {0};
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(10))
        .until(
            () -> {
              if (Meters.read().isClosed() && pendingTransfers() == 0) {
                return true;
              }
              transfers[0] += load.run(SLICE).transferCount();
              return false;
            });
    return transfers[0];
  }

  private static List<String> accounts(String owner, long balanceMinor, int count) {
    return Stream.generate(() -> account(owner, balanceMinor)).limit(count).toList();
  }

  private static void nothingWasRefusedAndPosted() throws SQLException {
    assertThat(
            number(
                "ledger",
                """
                SELECT count(*) FROM transfer t
                 WHERE (status = 'REJECTED' OR captured_minor = 0)
                   AND EXISTS (SELECT 1 FROM journal_entry e WHERE e.transfer_id = t.id)
                """))
        .isZero();
    // And what the callers were told is what became of it.
    Set<UUID> posted = ids("ledger", "SELECT id FROM transfer WHERE status = 'POSTED'");
    Set<UUID> rejected = ids("ledger", "SELECT id FROM transfer WHERE status = 'REJECTED'");
    assertThat(posted).containsAll(load.told(201));
    assertThat(rejected).containsAll(load.told(422));
    Set<UUID> ended = new HashSet<>(posted);
    ended.addAll(rejected);
    assertThat(ended).containsAll(load.told(202));
  }

  private static void everyApprovalIsFraudsOwn() throws SQLException {
    Set<UUID> approved = ids("ledger", "SELECT id FROM transfer WHERE screening = 'APPROVED'");
    assertThat(approved).isNotEmpty();
    assertThat(ids("fraud", "SELECT transfer_id FROM assessment WHERE verdict = 'APPROVED'"))
        .containsAll(approved);
  }

  private static void noAccountPassedItsAllowance() {
    // Asked of the journal itself, not of the counter that keeps it so.
    assertThat(
            number(
                "ledger",
                """
                SELECT coalesce(max(moved), 0) FROM (
                  SELECT sum(e.amount_minor) AS moved
                    FROM journal_entry e JOIN transfer t ON t.id = e.transfer_id
                   WHERE t.screening = 'SKIPPED'
                   GROUP BY e.debit_account_id, date_trunc('hour', e.posted_at)) of_each
                """))
        .as("the most that one account moved unscreened")
        .isBetween(1L, ALLOWANCE_MINOR);
  }

  private static Set<UUID> ids(String database, String sql) throws SQLException {
    Set<UUID> ids = new HashSet<>();
    try (Connection connection = stack().postgres().superuser(database);
        var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        ids.add(rows.getObject(1, UUID.class));
      }
    }
    return ids;
  }
}
