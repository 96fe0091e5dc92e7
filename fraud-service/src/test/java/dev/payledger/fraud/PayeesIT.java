package dev.payledger.fraud;

import static dev.payledger.fraud.LedgerEvents.posted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.payledger.fraud.LedgerEvents.Told;
import dev.payledger.testkit.Postgres;
import dev.payledger.testkit.Seed;
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

  @Test
  void largeFirstPaymentIsDeclinedAndALaterOneIsNot() {
    assertThat(assessed(alice, bob, LARGE_MINOR)).contains("\"DECLINED\"").contains("new-payee");
    assertThat(assessed(alice, bob, LARGE_MINOR - 1)).contains("\"APPROVED\"");

    ledger.say(posted(alice, bob, 5));
    awaitAllHeard();

    assertThat(assessed(alice, bob, LARGE_MINOR)).contains("\"APPROVED\"");
    assertThat(assessed(alice, carol, LARGE_MINOR)).contains("\"DECLINED\"");
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

    ledger.say(told.as("HELD", 1));
    awaitAllHeard();
    assertThat(assessed(alice, bob, LARGE_MINOR)).contains("\"APPROVED\"");
  }

  @Test
  void captureBeforeAVoidCounts() {
    ledger.say(posted(alice, bob, 5_000).as("VOIDED", 1));
    awaitAllHeard();

    assertThat(assessed(alice, bob, LARGE_MINOR)).contains("\"APPROVED\"");
  }

  @Test
  void everyLegCounts() {
    ledger.say(
        posted(alice, bob, 1)
            .with(
                new Told.Pair(alice, bob, 3),
                new Told.Pair(alice, carol, 4),
                new Told.Pair(alice, bob, 5)));
    awaitAllHeard();

    assertThat(assessed(alice, bob, LARGE_MINOR)).contains("\"APPROVED\"");
    assertThat(assessed(alice, carol, LARGE_MINOR)).contains("\"APPROVED\"");
    assertThat(assessed(bob, carol, LARGE_MINOR)).contains("\"DECLINED\"");
    assertThat(largest(alice, bob)).containsExactly(8L);
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
