package dev.payledger.ledger.account;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.ledger.LedgerUnderTest;
import dev.payledger.testkit.Postgres;
import dev.payledger.testkit.Seed;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/// An account's past: its balance at any settled instant is what a replay of its entries says, and
/// its entries can be paged through while new ones arrive.
class HistoryIT extends LedgerUnderTest {
  @Autowired private AccountProperties properties;

  private record Entry(
      long sequence, String side, long amountMinor, long balanceAfterMinor, Instant postedAt) {
    static Entry of(JsonNode item) {
      return new Entry(
          item.get("sequence").asLong(),
          item.get("side").asString(),
          item.get("amountMinor").asLong(),
          item.get("balanceAfterMinor").asLong(),
          Instant.parse(item.get("postedAt").asString()));
    }

    long signedMinor() {
      return side.equals("DEBIT") ? -amountMinor : amountMinor;
    }
  }

  /// Clocks that run, stand still and go back; several entries at one instant among them.
  @Test
  void theBalanceAtAnyInstantIsTheReplayOfTheEntriesUntilThen() {
    RandomGenerator random = Seed.next().random();
    Instant opened = clock.instant();
    List<UUID> accounts = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      accounts.add(account("alice", 5_000));
    }
    for (int i = 0; i < 120; i++) {
      switch (random.nextInt(4)) {
        case 0 -> clock.advance(Duration.ofNanos(random.nextLong(3_000_000_000L)));
        case 1 -> clock.advance(Duration.ofNanos(-random.nextLong(500_000_000L)));
        case 2 -> clock.advance(Duration.ofHours(random.nextLong(3)));
        default -> {}
      }
      int debit = random.nextInt(3);
      int credit = (debit + 1 + random.nextInt(2)) % 3;
      transfer(
          alice(),
          UUID.randomUUID(),
          accounts.get(debit),
          accounts.get(credit),
          random.nextLong(1, 2_000));
    }
    clock.advance(properties.settleTime().plusSeconds(1));
    Instant end = clock.instant().truncatedTo(ChronoUnit.MICROS).minus(properties.settleTime());

    int compared = 0;
    for (UUID account : accounts) {
      List<Entry> entries = entries(account, 50);
      assertThat(entries).hasSizeGreaterThan(20);
      List<Instant> asked = new ArrayList<>(List.of(Instant.EPOCH, opened, end));
      for (Entry entry : entries) {
        long[] besides = {0, -1, 999};
        asked.add(entry.postedAt().plusNanos(besides[random.nextInt(3)]));
      }
      for (int i = 0; i < 30; i++) {
        asked.add(opened.plusNanos(random.nextLong(Duration.between(opened, end).toNanos())));
      }
      for (Instant asOf : asked.stream().filter(instant -> !instant.isAfter(end)).toList()) {
        List<Entry> until = entries.stream().filter(e -> !e.postedAt().isAfter(asOf)).toList();
        JsonNode answer = asOf(account, asOf.toString()).json();
        assertThat(answer.get("balanceMinor").asLong())
            .as("%s at %s", account, asOf)
            .isEqualTo(until.stream().mapToLong(Entry::signedMinor).sum());
        assertThat(answer.get("sequence").asLong()).isEqualTo(until.size());
        compared++;
      }
    }
    assertThat(compared).isGreaterThan(200);
  }

  @Test
  void thePastIsAnsweredOnceItIsSettled() {
    UUID a = account("alice", 700);
    Instant posted = clock.instant().truncatedTo(ChronoUnit.MICROS);

    Answer early = asOf(a, posted.toString());
    clock.advance(properties.settleTime().minusMillis(1));
    Answer stillEarly = asOf(a, posted.toString());
    clock.advance(Duration.ofMillis(1));
    Answer settled = asOf(a, posted.toString());

    for (Answer refused : List.of(early, stillEarly)) {
      assertThat(refused.status()).isEqualTo(422);
      assertThat(refused.code()).isEqualTo("as-of-not-settled");
      assertThat(refused.json().get("retryable").asBoolean()).isTrue();
      assertThat(refused.json().get("detail").asString())
          .contains("at least 30 s ago", "leave asOf out");
    }
    assertThat(settled.status()).isEqualTo(200);
    assertThat(settled.json().get("balanceMinor").asLong()).isEqualTo(700);
    assertThat(settled.json().get("currency").asString()).isEqualTo("EUR");
    assertThat(get("/v1/accounts/" + a + "/balance?asOf=" + posted, bob()).status()).isEqualTo(404);
  }

  /// A line is stamped before it is committed: a transaction of the journal that is as slow as its
  /// role lets it be must not bring in a line behind an answer that was given.
  @Test
  void noTransactionOfTheJournalLastsAsLongAsThePastTakesToSettle() throws SQLException {
    try (Connection journal = as("ledger_journal");
        Statement statement = journal.createStatement();
        var row =
            statement.executeQuery(
                "SELECT setting::int FROM pg_settings WHERE name = 'transaction_timeout'")) {
      row.next();
      assertThat(row.getInt(1)).isPositive();
      assertThat(properties.settleTime()).isGreaterThan(Duration.ofMillis(row.getInt(1)));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"2026-01-02T03:04:05.6Z", "2026-01-02t03:04:05z", "2026-01-02T04:04:05%2B01:00"})
  void instantHasSixDigits(String asOf) {
    assertThat(asOf(account("alice", 0), asOf).json().get("asOf").asString())
        .matches("2026-01-02T03:04:05\\.[06]00000Z");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "yesterday",
        "2026-11-23",
        "2026-11-23T10:00:00",
        "",
        "1700000000",
        "%00",
        "null",
        "-0001-11-23T10:00:00Z",
        "%2B10000-11-23T10:00:00Z",
        "2026-11-23T24:00:00Z",
        "2026-11-23T10:00Z",
        "2026-02-30T10:00:00Z",
        "2026-11-23T10:00:60Z",
        "2026-11-23T10:00:00.0000000001Z",
        "2026-11-23T10:00:00+99:00"
      })
  void whatIsNoInstantIsABadRequest(String asOf) {
    Answer answer = asOf(account("alice", 0), asOf);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.code()).isEqualTo("invalid-request");
  }

  @Test
  void beforeTheAccountThereWasNothing() {
    UUID a = account("alice", 700);
    for (String asOf : List.of("1969-07-20T20:17:40Z", "0000-01-01T00:00:00Z")) {
      JsonNode answer = asOf(a, asOf).json();
      assertThat(answer.get("balanceMinor").asLong()).isZero();
      assertThat(answer.get("sequence").asLong()).isZero();
    }
    assertThat(asOf(a, "9999-12-31T23:59:59Z").status()).isEqualTo(422);
  }

  /// Each page is one look by primary key, so a line that arrives is on a later page or on none yet.
  @Test
  void entriesStayInPlaceWhileOthersArrive() {
    UUID a = account("alice", 1_000);
    UUID b = account("bob", 1_000);
    CompletableFuture<Void> writer =
        CompletableFuture.runAsync(
            () -> {
              for (int i = 0; i < 60; i++) {
                boolean isOut = i % 2 == 0;
                Answer answer =
                    isOut
                        ? transfer(alice(), UUID.randomUUID(), a, b, 5)
                        : transfer(bob(), UUID.randomUUID(), b, a, 5);
                assertThat(answer.status()).isEqualTo(201);
              }
            });

    List<List<Entry>> readings = new ArrayList<>();
    while (!writer.isDone()) {
      readings.add(entries(a, 3));
    }
    writer.join();
    List<Entry> all = entries(a, 200);

    assertThat(all).hasSize(61);
    assertThat(readings).hasSizeGreaterThan(3);
    assertThat(readings.getFirst().size()).isLessThan(61);
    for (List<Entry> reading : readings) {
      assertThat(reading).isEqualTo(all.subList(0, reading.size()));
    }
  }

  /// 100,000 lines are halved 17 times.
  @Test
  void thePastIsFoundByPrimaryKey() throws SQLException {
    UUID hot = UUID.randomUUID();
    try (Connection superuser = Postgres.superuser("ledger");
        Statement statement = superuser.createStatement()) {
      superuser.setAutoCommit(false);
      statement.execute("SET LOCAL session_replication_role = replica");
      statement.execute(
          """
          CREATE TEMP TABLE n ON COMMIT DROP AS
            SELECT n, gen_random_uuid() AS id FROM generate_series(1, 100000) n;
          INSERT INTO account (id, owner, name, currency, opened_at, line_count)
            VALUES ('{hot}', 'x', 'x', 'EUR', '2020-01-01', 100000);
          INSERT INTO journal_entry (id, transfer_id, debit_account_id, credit_account_id,
            amount_minor, currency, posted_at)
            SELECT id, id, gen_random_uuid(), '{hot}', 1, 'EUR', '2020-01-01'::timestamptz + n * interval '1 s'
            FROM n;
          INSERT INTO account_line (account_id, seq, entry_id, side, balance_after_minor)
            SELECT '{hot}', n, id, 'CREDIT', n FROM n;
          INSERT INTO transfer (id, initiator, by_operator, status, screening, captured_minor,
            debit_account_id, credit_account_id, amount_minor, currency, created_at, expires_at,
            finished_at)
            SELECT id, 'x', false, 'POSTED', 'APPROVED', 1, gen_random_uuid(), '{hot}', 1, 'EUR',
              now(), now(), now() FROM n;
          ANALYZE account_line, journal_entry, transfer;
          """
              .replace("{hot}", hot.toString()));
      String asked =
          AccountLines.AS_OF
              .replace(":account", "'" + hot + "'")
              .replace(":asOf", "'2020-01-01'::timestamptz + interval '77777.5 s'");

      try (var row = statement.executeQuery(asked)) {
        row.next();
        assertThat(row.getLong("balance_minor")).isEqualTo(77_777);
      }
      String plan = explained(statement, asked);
      assertThat(plan)
          .contains("account_line_pkey", "journal_entry_pkey")
          .doesNotContain("Seq Scan on account_line", "Seq Scan on journal_entry");
      Matcher probes = Pattern.compile("journal_entry_pkey.*loops=(\\d+)").matcher(plan);
      assertThat(probes.find()).isTrue();
      assertThat(Integer.parseInt(probes.group(1))).isBetween(10, 18);
      // Tables with a few rows are read whole otherwise.
      statement.execute("SET LOCAL enable_seqscan = off");
      for (AccountLines.Order order : AccountLines.Order.values()) {
        String page =
            explained(
                statement,
                AccountLines.sql(order)
                    .replace(":account", "'" + hot + "'")
                    .replace(":isOperator", "false")
                    .replace(":caller", "'x'")
                    .replace(":first", "50000")
                    .replace(":last", "77777")
                    .replace(":limit", "51"));
        assertThat(page)
            .contains("account_line_pkey", "journal_entry_pkey", "transfer_pkey")
            .containsPattern("account_line_pkey.*actual rows=51 ")
            .doesNotContain("Seq Scan", "Sort");
      }
      superuser.rollback();
    }
  }

  private Answer asOf(UUID account, String asOf) {
    return get("/v1/accounts/" + account + "/balance?asOf=" + asOf, operator());
  }

  private List<Entry> entries(UUID account, int limit) {
    List<Entry> entries = new ArrayList<>();
    String next = "";
    while (next != null) {
      JsonNode page =
          get("/v1/accounts/" + account + "/entries?limit=" + limit + next, operator()).json();
      page.get("items").forEach(item -> entries.add(Entry.of(item)));
      next = page.has("next") ? "&cursor=" + page.get("next").asString() : null;
    }
    return entries;
  }
}
