package dev.payledger.ledger.account;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.ledger.LedgerUnderTest;
import dev.payledger.ledger.command.Fingerprint;
import dev.payledger.ledger.command.JournalCommand.HoldFunds;
import dev.payledger.ledger.command.JournalCommand.HoldOutcome;
import dev.payledger.ledger.command.JournalCommand.PostOutcome;
import dev.payledger.ledger.command.JournalCommand.PostTransfer;
import dev.payledger.ledger.command.JournalCommand.StartCompensation;
import dev.payledger.ledger.command.JournalCommand.VoidHold;
import dev.payledger.ledger.money.Leg;
import dev.payledger.ledger.money.RejectionReason;
import dev.payledger.ledger.plan.AccountStatus;
import dev.payledger.testkit.Postgres;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/// What owners and operators do with accounts, and that none of it touches money.
class AccountIT extends LedgerUnderTest {
  private static final Duration TIME = Duration.ofSeconds(20);

  @Autowired private MeterRegistry meters;

  @Test
  void anAccountIsOpenedOncePerCommand() {
    UUID command = UUID.randomUUID();

    Answer first = open(alice(), command, "\"name\":\"Rent\",\"currency\":\"EUR\"");
    Answer again = open(alice(), command, "\"name\":\"Rent\",\"currency\":\"EUR\"");
    Answer otherName = open(alice(), command, "\"name\":\"Food\",\"currency\":\"EUR\"");
    Answer otherCaller = open(bob(), command, "\"name\":\"Rent\",\"currency\":\"EUR\"");
    UUID id = transferOf(command);

    assertThat(first.status()).isEqualTo(201);
    assertThat(first.json().get("id").asString()).isEqualTo(id.toString());
    assertThat(first.json().get("owner").asString()).isEqualTo("alice");
    assertThat(first.json().get("balanceMinor").asLong()).isZero();
    assertThat(again.text()).isEqualTo(first.text());
    assertThat(otherName.status()).isEqualTo(422);
    assertThat(otherName.code()).isEqualTo("idempotency-key-reused");
    assertThat(otherCaller.status()).as("another caller's name is another command").isEqualTo(201);
    assertThat(otherCaller.json().get("owner").asString()).isEqualTo("bob");
    assertThat(value(Long.class, "SELECT count(*) FROM outbox WHERE aggregate_id = ?", id))
        .isEqualTo(1);
  }

  @Test
  void aTransfersCommandOpensNoAccount() {
    UUID a = account("alice", 100);
    UUID command = UUID.randomUUID();
    transfer(alice(), command, a, account("bob", 0), 10);

    Answer answer = open(alice(), command, "\"name\":\"Rent\",\"currency\":\"EUR\"");

    assertThat(answer.code()).isEqualTo("idempotency-key-reused");
  }

  @Test
  void onlyAnOperatorOpensAnAccountForSomebodyElse() {
    String forBob = "\"name\":\"Gift\",\"currency\":\"EUR\",\"owner\":\"bob\"";

    Answer alices = open(alice(), UUID.randomUUID(), forBob);
    Answer operators = open(operator(), UUID.randomUUID(), forBob);

    assertThat(alices.status()).isEqualTo(403);
    assertThat(operators.status()).isEqualTo(201);
    String path = "/v1/accounts/" + operators.json().get("id").asString();
    assertThat(get(path, bob()).status()).isEqualTo(200);
    assertThat(get(path, alice()).status()).isEqualTo(404);
  }

  @Test
  void theListPagesThroughTheCallersAccountsOnce() {
    String owner = "dora-" + UUID.randomUUID().toString().substring(0, 8);
    List<String> made = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      made.add(account(owner, 0).toString());
    }
    String dora = ISSUER.token(owner);

    List<String> seen = new ArrayList<>();
    List<Integer> sizes = new ArrayList<>();
    String next = "";
    while (next != null) {
      JsonNode page = get("/v1/accounts?limit=2" + next, dora).json();
      page.get("items").forEach(item -> seen.add(item.get("id").asString()));
      sizes.add(page.get("items").size());
      next = page.has("next") ? "&cursor=" + page.get("next").asString() : null;
      if (next != null) {
        assertThat(get("/v1/accounts?limit=2" + next, alice()).status()).isEqualTo(400);
      }
    }

    assertThat(sizes).containsExactly(2, 2, 1);
    assertThat(seen).containsExactlyInAnyOrderElementsOf(made);
  }

  @Test
  void listIsFilteredByCurrencyAndStatus() {
    String owner = "dora-" + UUID.randomUUID().toString().substring(0, 8);
    String dora = ISSUER.token(owner);
    String euros = account(owner, 0).toString();
    String frozen = account(owner, 0).toString();
    change(UUID.fromString(frozen), "freeze", dora);
    String dollars =
        open(dora, UUID.randomUUID(), "\"name\":\"x\",\"currency\":\"USD\"")
            .json()
            .get("id")
            .asString();

    assertThat(listed("currency=EUR", dora)).containsExactlyInAnyOrder(euros, frozen);
    assertThat(listed("currency=USD", dora)).containsExactly(dollars);
    assertThat(listed("status=DEBITS_FROZEN", dora)).containsExactly(frozen);
    assertThat(listed("status=OPEN&currency=EUR", dora)).containsExactly(euros);
    assertThat(listed("currency=JPY", dora)).isEmpty();
    assertThat(listed("owner=" + owner + "&status=DEBITS_FROZEN", operator()))
        .containsExactly(frozen);
    for (String wrong : List.of("currency=eur", "status=open", "owner=%00")) {
      assertThat(get("/v1/accounts?" + wrong, dora).status()).as(wrong).isEqualTo(400);
    }
    String cursor = get("/v1/accounts?limit=1&currency=EUR", dora).json().get("next").asString();
    assertThat(get("/v1/accounts?limit=1&cursor=" + cursor, dora).status()).isEqualTo(400);
    assertThat(get("/v1/accounts?limit=1&currency=USD&cursor=" + cursor, dora).status())
        .isEqualTo(400);
  }

  @Test
  void onlyOperatorListsSystemAccounts() {
    assertThat(listed("owner=system", operator())).contains(EXTERNAL_EUR.toString()).hasSize(6);
    assertThat(listed("owner=system&currency=EUR", operator())).hasSize(3);
    assertThat(listed("owner=system", alice())).isEmpty();
    account("bob", 0);
    assertThat(listed("owner=bob", alice())).as("as if there were none").isEmpty();
  }

  @Test
  void callerNamedSystemListsNoSystemAccount() {
    String namedSo = ISSUER.token("system");

    assertThat(get("/v1/accounts/" + EXTERNAL_EUR, namedSo).status()).isEqualTo(404);
    assertThat(listed("", namedSo)).as("as the id is not found").isEmpty();
    assertThat(listed("owner=system", namedSo)).isEmpty();
  }

  /// More open accounts than a page looks at, in the order of their ids.
  @Test
  void operatorFindsAccountsByStatus() throws SQLException {
    UUID closed = account("alice", 0);
    change(closed, "close", alice());
    superuser(
        """
        INSERT INTO account (id, owner, name, currency, opened_at)
          SELECT gen_random_uuid(), 'many', 'x', 'USD', '2026-01-01' FROM generate_series(1, 1200)
        """);
    try {
      assertThat(listed("status=CLOSED&limit=200", operator())).contains(closed.toString());
      List<String> pages = new ArrayList<>();
      String next = "";
      while (next != null) {
        JsonNode page =
            get("/v1/accounts?limit=200&owner=many&currency=USD" + next, operator()).json();
        page.get("items").forEach(item -> pages.add(item.get("id").asString()));
        next = page.has("next") ? "&cursor=" + page.get("next").asString() : null;
      }
      assertThat(pages).hasSize(1200).doesNotHaveDuplicates();
      assertThat(get("/v1/accounts?owner=many&currency=EUR", operator()).json().has("next"))
          .as("there is more to look at")
          .isTrue();
      assertThat(plan(null, new AccountFilter(null, null, AccountStatus.CLOSED)))
          .contains("account_by_status")
          .doesNotContain("Rows Removed by Filter", "Seq Scan");
      assertThat(plan("few", new AccountFilter("few", null, null)))
          .contains("account_by_owner")
          .doesNotContain("Rows Removed by Filter", "Seq Scan");
    } finally {
      superuser("DELETE FROM account WHERE owner = 'many'");
    }
  }

  private static String plan(String owner, AccountFilter filter) throws SQLException {
    String query =
        AccountList.sql(owner, filter)
            .replace(":after", "'00000000-0000-0000-0000-000000000000'")
            .replace(":owner", "'" + owner + "'")
            .replace(":status", "'" + filter.status() + "'")
            .replace(":looked", "500")
            .replace(":limit", "51");
    try (Connection connection = Postgres.superuser("ledger");
        Statement statement = connection.createStatement()) {
      statement.execute("ANALYZE account");
      statement.execute("SET enable_seqscan = off");
      return explained(statement, query);
    }
  }

  private List<String> listed(String filter, String token) {
    Answer answer = get("/v1/accounts?" + filter, token);
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    List<String> ids = new ArrayList<>();
    answer.json().get("items").forEach(item -> ids.add(item.get("id").asString()));
    return ids;
  }

  @Test
  void anOwnersFreezeStopsDebitsAndNotCredits() {
    UUID a = account("alice", 100);
    UUID b = account("bob", 100);

    assertThat(change(a, "freeze", alice())).isEqualTo("DEBITS_FROZEN");

    assertThat(transfer(alice(), UUID.randomUUID(), a, b, 10).code()).isEqualTo("account-frozen");
    assertThat(transfer(bob(), UUID.randomUUID(), b, a, 10).status()).isEqualTo(201);
    assertThat(change(a, "unfreeze", alice())).isEqualTo("OPEN");
    assertThat(transfer(alice(), UUID.randomUUID(), a, b, 110).status()).isEqualTo(201);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\u00A0", "\uFEFF", "\u2007\u3000", "\u2028"})
  void blankNameIsRefused(String name) {
    assertThat(
            open(alice(), UUID.randomUUID(), "\"name\":\"" + name + "\",\"currency\":\"EUR\"")
                .code())
        .isEqualTo("invalid-request");
  }

  @Test
  void nobodyOpensAnAccountForTheLedgerItself() {
    String forIt = "\"name\":\"Mint\",\"currency\":\"EUR\",\"owner\":\"system\"";
    String namedSo = ISSUER.token("system", "accounts:read transfers:write ledger:operate");

    assertThat(open(operator(), UUID.randomUUID(), forIt).code()).isEqualTo("forbidden");
    assertThat(open(namedSo, UUID.randomUUID(), "\"name\":\"Mint\",\"currency\":\"EUR\"").code())
        .isEqualTo("forbidden");
  }

  @Test
  void anOperatorsFreezeStopsBothAndTheOwnerCannotLiftOrSoftenIt() {
    UUID a = account("alice", 100);
    UUID b = account("bob", 100);

    assertThat(change(a, "freeze", operator())).isEqualTo("FROZEN");

    assertThat(transfer(alice(), UUID.randomUUID(), a, b, 10).code()).isEqualTo("account-frozen");
    assertThat(transfer(bob(), UUID.randomUUID(), b, a, 10).code()).isEqualTo("account-unusable");
    assertThat(change(a, "unfreeze", alice())).isEqualTo("FROZEN");
    assertThat(change(a, "freeze", alice())).isEqualTo("FROZEN");
    assertThat(change(a, "unfreeze", operator())).as("her own stays").isEqualTo("DEBITS_FROZEN");
    assertThat(change(a, "unfreeze", operator())).isEqualTo("DEBITS_FROZEN");
    assertThat(change(a, "unfreeze", alice())).isEqualTo("OPEN");
  }

  @Test
  void anOperatorFreezesOneSideAndAnOwnersFreezeAddsToIt() {
    UUID a = account("alice", 100);
    UUID b = account("bob", 100);

    assertThat(freeze(a, "CREDITS", operator())).isEqualTo("CREDITS_FROZEN");
    assertThat(transfer(bob(), UUID.randomUUID(), b, a, 10).code()).isEqualTo("account-unusable");
    assertThat(transfer(alice(), UUID.randomUUID(), a, b, 10).status()).isEqualTo(201);

    assertThat(freeze(a, "DEBITS", alice())).isEqualTo("FROZEN");
    assertThat(change(a, "unfreeze", alice())).isEqualTo("CREDITS_FROZEN");
    assertThat(change(a, "unfreeze", operator())).isEqualTo("OPEN");

    assertThat(freeze(a, "DEBITS", operator())).isEqualTo("DEBITS_FROZEN");
    assertThat(transfer(alice(), UUID.randomUUID(), a, b, 10).code()).isEqualTo("account-frozen");
    assertThat(transfer(bob(), UUID.randomUUID(), b, a, 10).status()).isEqualTo(201);
    assertThat(change(a, "unfreeze", alice()))
        .as("it looks like her own freeze and is not")
        .isEqualTo("DEBITS_FROZEN");
    assertThat(freeze(a, "BOTH", operator())).isEqualTo("FROZEN");
  }

  @Test
  void anOwnerFreezesDebitsOnlyAndASideThatIsNoneIsMalformed() {
    UUID a = account("alice", 0);
    String path = "/v1/accounts/" + a + "/freeze";

    assertThat(post(path, alice(), UUID.randomUUID(), "{\"side\":\"CREDITS\"}").status())
        .isEqualTo(403);
    assertThat(post(path, alice(), UUID.randomUUID(), "{\"side\":\"BOTH\"}").status())
        .isEqualTo(403);
    assertThat(post(path, alice(), UUID.randomUUID(), "{\"side\":\"LEFT\"}").status())
        .isEqualTo(400);
    assertThat(post(path, alice(), UUID.randomUUID(), "{\"sides\":\"DEBITS\"}").status())
        .isEqualTo(400);
    assertThat(get("/v1/accounts/" + a, alice()).json().get("status").asString()).isEqualTo("OPEN");
    assertThat(freeze(a, "DEBITS", alice())).isEqualTo("DEBITS_FROZEN");
  }

  @Test
  void whatAnOperatorFrozeItsOwnerCannotClose() {
    UUID a = account("alice", 0);
    change(a, "freeze", operator());

    assertThat(post("/v1/accounts/" + a + "/close", alice(), UUID.randomUUID(), "").code())
        .isEqualTo("frozen-by-operator");
    assertThat(change(a, "close", operator())).isEqualTo("CLOSED");
    assertThat(change(a, "reopen", operator())).as("no freeze is lifted by it").isEqualTo("FROZEN");
  }

  @Test
  void anOperatorReopensAClosedAccountAndNobodyElse() {
    UUID a = account("alice", 0);
    UUID b = account("bob", 100);
    change(a, "close", alice());

    assertThat(post("/v1/accounts/" + a + "/reopen", alice(), UUID.randomUUID(), "").status())
        .isEqualTo(403);
    assertThat(change(a, "reopen", operator())).isEqualTo("OPEN");
    assertThat(transfer(bob(), UUID.randomUUID(), b, a, 10).status()).isEqualTo(201);
    assertThat(change(a, "freeze", alice())).isEqualTo("DEBITS_FROZEN");
    assertThat(change(a, "reopen", operator())).as("reopens nothing").isEqualTo("DEBITS_FROZEN");
  }

  @Test
  void anOverdraftLimitIsWhatTheAccountMayOweAndNoMore() {
    UUID a = account("alice", 100);
    UUID b = account("bob", 0);

    assertThat(overdraft(a, 50, alice()).status()).isEqualTo(403);
    assertThat(overdraft(a, 50, operator()).json().get("floorMinor").asLong()).isEqualTo(-50);
    assertThat(transfer(alice(), UUID.randomUUID(), a, b, 151).code())
        .isEqualTo("insufficient-funds");
    assertThat(transfer(alice(), UUID.randomUUID(), a, b, 140).status()).isEqualTo(201);
    assertThat(get("/v1/accounts/" + a, alice()).json().get("availableMinor").asLong())
        .isEqualTo(-40);

    assertThat(overdraft(a, 39, operator()).code()).isEqualTo("overdraft-in-use");
    assertThat(overdraft(a, 40, operator()).status()).isEqualTo(200);
    assertThat(transfer(alice(), UUID.randomUUID(), a, b, 1).code())
        .isEqualTo("insufficient-funds");
    assertThat(post("/v1/accounts/" + a + "/close", operator(), UUID.randomUUID(), "").code())
        .isEqualTo("account-not-empty");

    transfer(bob(), UUID.randomUUID(), b, a, 140);
    assertThat(overdraft(a, 0, operator()).status())
        .as("the line that was below zero was right when it was written")
        .isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "1.5", "\"5\"", "9007199254740992", "null"})
  void aLimitThatIsNoneIsMalformed(String limit) {
    UUID a = account("alice", 0);

    assertThat(
            post(
                    "/v1/accounts/" + a + "/overdraft",
                    operator(),
                    UUID.randomUUID(),
                    "{\"limitMinor\":" + limit + "}")
                .status())
        .isEqualTo(400);
  }

  @Test
  void theLedgersOwnAccountsHaveNoLimit() {
    assertThat(overdraft(EXTERNAL_EUR, 10, operator()).status()).isEqualTo(403);
  }

  /// Transfers that use the limit, while it is taken away and given again.
  @Test
  void aLimitThatChangesDuringTransfersIsNeverPassed() throws Exception {
    UUID a = account("alice", 0);
    UUID b = account("bob", 0);
    overdraft(a, 1_000, operator());
    List<Integer> seen = new ArrayList<>();
    try (ExecutorService callers = Executors.newFixedThreadPool(5)) {
      List<Future<Integer>> spending = new ArrayList<>();
      for (int caller = 0; caller < 4; caller++) {
        spending.add(callers.submit(() -> posted(60, a, b)));
      }
      Future<?> limits =
          callers.submit(
              () -> {
                for (int i = 0; i < 30; i++) {
                  seen.add(overdraft(a, i % 2 == 0 ? 20 : 1_000, operator()).status());
                }
              });
      limits.get();
      int posted = 0;
      for (Future<Integer> each : spending) {
        posted += each.get();
      }
      assertThat(balanceMinor(a)).isEqualTo(-posted);
    }
    assertThat(seen).isSubsetOf(200, 422).contains(200);
    JsonNode account = get("/v1/accounts/" + a, operator()).json();
    assertThat(account.get("availableMinor").asLong())
        .isGreaterThanOrEqualTo(account.get("floorMinor").asLong());
  }

  /// The owner's request may have looked at the account before the operator's freeze came.
  @Test
  void anOwnersFreezeAtTheSameMomentDoesNotSoftenAnOperators() throws Exception {
    try (ExecutorService callers = Executors.newFixedThreadPool(3)) {
      for (int round = 0; round < 15; round++) {
        UUID a = account("alice", 0);
        String path = "/v1/accounts/" + a;
        CyclicBarrier start = new CyclicBarrier(3);
        Future<Answer> operators =
            together(
                callers, start, () -> post(path + "/freeze", operator(), UUID.randomUUID(), ""));
        List<Future<Answer>> owners =
            List.of(
                together(
                    callers, start, () -> post(path + "/freeze", alice(), UUID.randomUUID(), "")),
                together(
                    callers,
                    start,
                    () -> post(path + "/unfreeze", alice(), UUID.randomUUID(), "")));
        for (Future<Answer> owner : owners) {
          assertThat(owner.get().status()).isEqualTo(200);
        }
        assertThat(operators.get().status()).isEqualTo(200);
        assertThat(get(path, alice()).json().get("status").asString()).isEqualTo("FROZEN");
      }
    }
  }

  @Test
  void anotherCustomerCannotFreezeOrCloseAnAccount() {
    UUID a = account("alice", 0);

    for (String change : List.of("freeze", "unfreeze", "close")) {
      assertThat(post("/v1/accounts/" + a + "/" + change, bob(), UUID.randomUUID(), "").status())
          .isEqualTo(404);
    }
    assertThat(get("/v1/accounts/" + a, alice()).json().get("status").asString()).isEqualTo("OPEN");
  }

  @Test
  void onlyAnEmptyAccountIsClosedAndThenItStaysClosed() {
    UUID a = account("alice", 100);
    UUID b = account("bob", 0);
    assertNotEmpty(a, alice());
    transfer(alice(), UUID.randomUUID(), a, b, 100);

    assertThat(change(a, "close", alice())).isEqualTo("CLOSED");

    assertThat(change(a, "close", alice())).isEqualTo("CLOSED");
    assertThat(post("/v1/accounts/" + a + "/unfreeze", alice(), UUID.randomUUID(), "").code())
        .isEqualTo("account-closed");
    assertThat(post("/v1/accounts/" + a + "/freeze", operator(), UUID.randomUUID(), "").code())
        .isEqualTo("account-closed");
    assertThat(transfer(bob(), UUID.randomUUID(), b, a, 10).code()).isEqualTo("account-unusable");
  }

  @Test
  void anAccountThatMoneyIsOnItsWayToCannotBeClosed() {
    UUID a = account("alice", 100);
    UUID b = account("bob", 0);
    UUID transfer = heldBySomebodyElse(a, b, 100, clock.instant());

    assertNotEmpty(b, bob());

    journal.submit(new StartCompensation(transfer, 1, RejectionReason.FRAUD_DECLINED), TIME);
    journal.submit(new VoidHold(transfer, 1, false), TIME);
    assertThat(change(b, "close", bob())).isEqualTo("CLOSED");
  }

  @Test
  void closingDuringAnIncomingTransferEndsOneWayOrTheOther() throws Exception {
    UUID a = account("alice", 1_000);
    try (ExecutorService callers = Executors.newFixedThreadPool(2)) {
      for (int round = 0; round < 15; round++) {
        UUID b = account("bob", 0);
        CyclicBarrier start = new CyclicBarrier(2);
        Future<Answer> transfer =
            together(callers, start, () -> transfer(alice(), UUID.randomUUID(), a, b, 1));
        Future<Answer> close =
            together(
                callers,
                start,
                () -> post("/v1/accounts/" + b + "/close", bob(), UUID.randomUUID(), ""));

        if (close.get().status() == 200) {
          assertThat(transfer.get().code()).isEqualTo("account-unusable");
          assertThat(balanceMinor(b)).isZero();
        } else {
          assertThat(close.get().code()).isEqualTo("account-not-empty");
          assertThat(transfer.get().status()).isEqualTo(201);
          assertThat(balanceMinor(b)).isEqualTo(1);
        }
      }
    }
  }

  @Test
  void freezingDuringAThousandTransfersLosesAndAbortsNothing() throws Exception {
    double abortedBefore = aborted();
    UUID source = account("bob", 1_000);
    UUID hot = account("alice", 1_000);
    UUID sink = account("bob", 0);

    int in = 0;
    int out = 0;
    int changes = 0;
    try (ExecutorService callers = Executors.newFixedThreadPool(4)) {
      List<Future<Integer>> incoming = new ArrayList<>();
      List<Future<Integer>> outgoing = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        incoming.add(callers.submit(() -> posted(250, source, hot)));
        outgoing.add(callers.submit(() -> posted(250, hot, sink)));
      }
      List<Future<Integer>> all = new ArrayList<>(incoming);
      all.addAll(outgoing);
      while (!all.stream().allMatch(Future::isDone)) {
        change(hot, changes++ % 2 == 0 ? "freeze" : "unfreeze", alice());
      }
      for (int i = 0; i < 2; i++) {
        in += incoming.get(i).get();
        out += outgoing.get(i).get();
      }
    }

    // The owner's freeze stops debits only, and some of them came while it was on.
    assertThat(in).isEqualTo(500);
    assertThat(out).isBetween(1, 499);
    assertThat(changes).isGreaterThan(20);
    assertThat(aborted()).as("transactions of the journal").isEqualTo(abortedBefore);
    assertThat(balanceMinor(source)).isEqualTo(1_000 - in);
    assertThat(balanceMinor(hot)).isEqualTo(1_000 + in - out);
    assertThat(balanceMinor(sink)).isEqualTo(out);
    assertThat(
            value(
                Long.class,
                "SELECT count(*) FROM transfer WHERE ? IN (debit_account_id, credit_account_id)",
                hot))
        .isEqualTo(1_001);
  }

  private double aborted() {
    return meters.counter("ledger.journal.attempts", "end", "aborted").count();
  }

  /// Submits so many transfers of 1 and says how many posted.
  private int posted(int count, UUID debit, UUID credit) {
    int posted = 0;
    for (int i = 0; i < count; i++) {
      UUID command = UUID.randomUUID();
      HoldOutcome hold =
          journal.submit(
              new HoldFunds(
                  command,
                  Fingerprint.of(List.of(command)),
                  "alice",
                  false,
                  List.of(new Leg(debit, credit, 1)),
                  "EUR",
                  null,
                  null,
                  null,
                  Map.of(),
                  null,
                  "a-thousand-transfers",
                  Duration.ofSeconds(600),
                  Duration.ofSeconds(900)),
              TIME);
      if (hold instanceof HoldOutcome.Held held) {
        assertThat(journal.submit(new PostTransfer(command, held.epoch(), 1, null), TIME))
            .isEqualTo(new PostOutcome.Posted());
        posted++;
      } else {
        assertThat(hold)
            .isIn(
                new HoldOutcome.Rejected(command, RejectionReason.ACCOUNT_FROZEN),
                new HoldOutcome.Rejected(command, RejectionReason.INSUFFICIENT_FUNDS));
      }
    }
    return posted;
  }

  private static Future<Answer> together(
      ExecutorService callers, CyclicBarrier start, Callable<Answer> call) {
    return callers.submit(
        () -> {
          start.await();
          return call.call();
        });
  }

  private Answer open(String token, UUID command, String properties) {
    return post("/v1/accounts", token, command, "{" + properties + "}");
  }

  private String change(UUID account, String change, String token) {
    Answer answer = post("/v1/accounts/" + account + "/" + change, token, UUID.randomUUID(), "");
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    return answer.json().get("status").asString();
  }

  private void assertNotEmpty(UUID account, String token) {
    Answer answer = post("/v1/accounts/" + account + "/close", token, UUID.randomUUID(), "");
    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.code()).isEqualTo("account-not-empty");
  }

  private String freeze(UUID account, String side, String token) {
    Answer answer =
        post(
            "/v1/accounts/" + account + "/freeze",
            token,
            UUID.randomUUID(),
            "{\"side\":\"" + side + "\"}");
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    return answer.json().get("status").asString();
  }

  private Answer overdraft(UUID account, long limitMinor, String token) {
    return post(
        "/v1/accounts/" + account + "/overdraft",
        token,
        UUID.randomUUID(),
        "{\"limitMinor\":" + limitMinor + "}");
  }
}
