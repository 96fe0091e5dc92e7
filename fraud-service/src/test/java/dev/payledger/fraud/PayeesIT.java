package dev.payledger.fraud;

import static dev.payledger.fraud.LedgerEvents.posted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.payledger.fraud.LedgerEvents.Told;
import dev.payledger.testkit.Postgres;
import dev.payledger.testkit.Seed;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

/// What the service learns from the ledger's events, and what it makes of it.
class PayeesIT extends HearingServer {
  private static final long LARGE_MINOR = 1_001;

  /// The least payment that counts.
  private static final long COUNTS = 1_000;

  /// Two payments that count, the first of them a day ago.
  private void makeKnown(UUID debit, UUID credit) {
    ledger.say(posted(debit, credit, COUNTS), posted(debit, credit, COUNTS));
    awaitAllHeard();
  }

  @Test
  void declinesLargePaymentsToUnknownPayeesOnly() {
    assertThat(assessed(alice, bob, LARGE_MINOR)).contains("\"DECLINED\"").contains("new-payee");
    assertThat(assessed(alice, bob, LARGE_MINOR - 1)).contains("\"APPROVED\"");

    makeKnown(alice, bob);

    assertThat(assessed(alice, bob, LARGE_MINOR)).contains("\"APPROVED\"");
    assertThat(assessed(alice, carol, LARGE_MINOR)).contains("\"DECLINED\"");
  }

  /// Nor do many cents, nor one cent less than what counts.
  @Test
  void oneCentMakesNobodyKnown() {
    ledger.say(posted(alice, bob, 1));
    awaitAllHeard();
    assertThat(assessed(alice, bob, LARGE_MINOR)).contains("\"DECLINED\"").contains("new-payee");

    for (int i = 0; i < 25; i++) {
      ledger.say(posted(alice, bob, COUNTS - 1));
    }
    awaitAllHeard();
    assertThat(assessed(alice, bob, LARGE_MINOR))
        .contains("\"DECLINED\"")
        .contains("0 of 2 payments of at least 1000");
  }

  @Test
  void onePaymentReportedTwiceMakesNoPayeeKnown() {
    Told once = posted(alice, bob, 900_000);
    ledger.say(once, once, once.as("POSTED", 900_000));
    awaitAllHeard();

    assertThat(assessed(alice, bob, LARGE_MINOR)).contains("\"DECLINED\"").contains("1 of 2");

    ledger.say(posted(alice, bob, COUNTS));
    awaitAllHeard();
    assertThat(assessed(alice, bob, LARGE_MINOR)).contains("\"APPROVED\"");
  }

  /// However many: the first one counts, whichever is told first.
  @Test
  void payeeIsKnownOneDayAfterFirstPayment() {
    Instant first = NOON.minus(Duration.ofDays(1)).plusSeconds(5);
    for (int i = 0; i < 25; i++) {
      ledger.sayAt(NOON.minusSeconds(i), posted(alice, bob, COUNTS));
    }
    ledger.sayAt(first, posted(alice, bob, COUNTS));
    awaitAllHeard();

    clock.set(first.plus(Duration.ofDays(1)).minusSeconds(1));
    assertThat(assessed(alice, bob, LARGE_MINOR))
        .contains("\"DECLINED\"")
        .contains("the first PT23H59M59S ago of PT24H");
    clock.set(first.plus(Duration.ofDays(1)));
    assertThat(assessed(alice, bob, LARGE_MINOR)).contains("\"APPROVED\"");
  }

  /// An approval alone moves nothing: the hold may still be voided.
  @Test
  void onlyWhatReallyMovedMoneyCounts() {
    Told told = posted(alice, bob, 5_000);

    ledger.say(
        told.as("PENDING", 0),
        told.as("HELD", 0),
        told.as("REJECTED", 0),
        told.as("VOIDED", 0),
        told.as("EXPIRED", 0),
        told.reversing(UUID.randomUUID()));
    awaitAllHeard();
    assertThat(assessed(alice, bob, LARGE_MINOR)).contains("\"DECLINED\"");

    ledger.say(told.as("HELD", COUNTS), posted(alice, bob, COUNTS));
    awaitAllHeard();
    assertThat(assessed(alice, bob, LARGE_MINOR)).contains("\"APPROVED\"");
  }

  @Test
  void captureBeforeAVoidCounts() {
    ledger.say(
        posted(alice, bob, 5_000).as("VOIDED", COUNTS),
        posted(alice, bob, 5_000).as("VOIDED", COUNTS));
    awaitAllHeard();

    assertThat(assessed(alice, bob, LARGE_MINOR)).contains("\"APPROVED\"");
  }

  @Test
  void everyLegCounts() {
    for (int i = 0; i < 2; i++) {
      ledger.say(
          posted(alice, bob, 1)
              .with(
                  new Told.Pair(alice, bob, COUNTS - 1),
                  new Told.Pair(alice, carol, COUNTS),
                  new Told.Pair(alice, bob, 1)));
    }
    awaitAllHeard();

    assertThat(assessed(alice, bob, LARGE_MINOR)).contains("\"APPROVED\"");
    assertThat(assessed(alice, carol, LARGE_MINOR)).contains("\"APPROVED\"");
    assertThat(assessed(bob, carol, LARGE_MINOR)).contains("\"DECLINED\"");
    assertThat(largest(alice, bob)).containsExactly(COUNTS);
  }

  /// A reversal is no first payment; a gift of a cent does not make a friend.
  @Test
  void asMuchAsWasReceivedMayBeGivenBack() {
    ledger.say(posted(alice, bob, 5_000));
    awaitAllHeard();

    assertThat(assessed(bob, alice, 5_000)).contains("\"APPROVED\"");
    assertThat(assessed(bob, alice, 5_001)).contains("\"DECLINED\"").contains("new-payee");
  }

  @Test
  void whatIsCapturedIsWhatWasPaid() {
    ledger.say(posted(alice, bob, 9_000).as("HELD", 2_000));
    awaitAllHeard();

    assertThat(assessed(bob, alice, 2_000)).contains("\"APPROVED\"");
    assertThat(assessed(bob, alice, 2_001)).contains("\"DECLINED\"");
  }

  @Test
  void legsAreJudgedByTheSumOfTheirPair() {
    assertThat(
            put(UUID.randomUUID(), body("USD", false, leg(alice, bob, 600), leg(alice, bob, 600)))
                .body())
        .contains("new-payee");
    assertThat(
            put(UUID.randomUUID(), body("USD", false, leg(alice, bob, 600), leg(alice, carol, 600)))
                .body())
        .contains("\"APPROVED\"");
    assertThat(put(UUID.randomUUID(), body("USD", true, leg(alice, bob, LARGE_MINOR))).body())
        .as("an operator's")
        .contains("\"APPROVED\"");
  }

  @Test
  void duplicatesAndDisorderEndInTheSameState() {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (long amountMinor = 1; amountMinor <= 20; amountMinor++) {
      Told told = posted(alice, bob, amountMinor).screened("SKIPPED");
      records.addAll(Collections.nCopies(5, told.record()));
    }
    Collections.shuffle(records, new Random(Seed.next().value()));

    records.forEach(ledger::send);
    awaitAllHeard();

    assertThat(largest(alice, bob)).containsExactly(20L);
    assertThat(reserved(alice)).as("each reserved once").containsExactly(210L);
    assertThat(
            query(
                "SELECT count(*) FROM review JOIN assessment_leg USING (transfer_id)"
                    + " WHERE debit_account_id = '%s'".formatted(alice)))
        .containsExactly(20L);
  }

  @Test
  void poisonIsKeptAndTheNextRecordIsApplied() {
    UUID transfer = UUID.randomUUID();
    long before = query("SELECT count(*) FROM dead_letter").getFirst();

    ledger.send(LedgerEvents.record(transfer, "{\"transferId\":\"" + transfer + "\"}"));
    ledger.send(
        LedgerEvents.record(transfer, posted(alice, bob, 5).json())); // under a stranger's key
    ledger.say(posted(alice, carol, 5));
    awaitAllHeard();

    assertThat(query("SELECT count(*) FROM dead_letter")).containsExactly(before + 2);
    assertThat(largest(alice, bob)).isEmpty();
    assertThat(largest(alice, carol)).containsExactly(5L);
  }

  /// The offset is stored after the commit.
  @Test
  void whatCannotBeStoredNowIsStoredLater() throws Exception {
    long letters = query("SELECT count(*) FROM dead_letter").getFirst();
    try (var connection = Postgres.superuser("fraud");
        var statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("LOCK TABLE payee IN ACCESS EXCLUSIVE MODE");
      ledger.say(posted(alice, bob, 7));
      await()
          .atMost(SOON)
          .until(() -> !query("SELECT 1 FROM pg_locks WHERE NOT granted").isEmpty());
      assertThat(isAllHeard()).isFalse();
      connection.rollback();
    }
    awaitAllHeard();

    assertThat(largest(alice, bob)).containsExactly(7L);
    assertThat(query("SELECT count(*) FROM dead_letter")).containsExactly(letters);
  }

  private static List<Long> largest(UUID debit, UUID credit) {
    return query(
        "SELECT largest_minor FROM payee WHERE (debit_account_id, credit_account_id) = ('%s', '%s')"
            .formatted(debit, credit));
  }
}
