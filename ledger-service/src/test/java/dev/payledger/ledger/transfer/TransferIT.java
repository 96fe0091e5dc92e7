package dev.payledger.ledger.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.payledger.kit.deadline.Deadline;
import dev.payledger.ledger.FraudDouble.Mood;
import dev.payledger.ledger.LedgerUnderTest;
import dev.payledger.ledger.screening.FraudScreening;
import dev.payledger.testkit.Postgres;
import dev.payledger.testkit.Seed;
import java.net.http.HttpRequest;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.transaction.support.TransactionTemplate;

/// What a transfer does, seen through the ledger's HTTP port.
class TransferIT extends LedgerUnderTest {

  @Test
  void moneyMovesOnceAndBothSidesShowIt() {
    UUID a = account("alice", 10_000);
    UUID b = account("bob", 0);
    UUID command = UUID.randomUUID();

    Answer first = transfer(alice(), command, a, b, 1_000);
    Answer again = transfer(alice(), command, a, b, 1_000);

    assertThat(first.status()).isEqualTo(201);
    assertThat(first.json().get("status").asString()).isEqualTo("POSTED");
    assertThat(first.json().get("screening").asString()).isEqualTo("APPROVED");
    assertThat(first.json().get("id").asString()).isEqualTo(transferOf(command).toString());
    assertThat(first.response().headers().firstValue("Location"))
        .contains("/v1/transfers/" + transferOf(command));
    assertThat(again.text()).isEqualTo(first.text());
    assertThat(balanceMinor(a)).isEqualTo(9_000);
    assertThat(balanceMinor(b)).isEqualTo(1_000);
    var lines = get("/v1/accounts/" + a + "/entries", alice()).json().get("items");
    assertThat(lines.size()).isEqualTo(2);
    assertThat(lines.get(1).get("side").asString()).isEqualTo("DEBIT");
    assertThat(lines.get(1).get("balanceAfterMinor").asLong()).isEqualTo(9_000);
    assertThat(
            value(
                String.class,
                "SELECT traceparent FROM outbox WHERE aggregate_type='transfer' AND aggregate_id=?"
                    + " ORDER BY aggregate_seq LIMIT 1",
                transferOf(command)))
        .isEqualTo("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  }

  @Test
  void anotherRequestUnderTheSameCommandIsRefusedPermanently() {
    UUID a = account("alice", 10_000);
    UUID b = account("bob", 0);
    UUID command = UUID.randomUUID();
    transfer(alice(), command, a, b, 1_000);

    Answer other = transfer(alice(), command, a, b, 1_001);

    assertThat(other.status()).isEqualTo(422);
    assertThat(other.code()).isEqualTo("idempotency-key-reused");
    assertThat(balanceMinor(b)).isEqualTo(1_000);
  }

  @Test
  void aRejectionIsFinalForItsCommandEvenWhenFundsArrive() {
    UUID a = account("alice", 100);
    UUID b = account("bob", 0);
    UUID command = UUID.randomUUID();

    Answer no = transfer(alice(), command, a, b, 101);
    transfer(operator(), UUID.randomUUID(), EXTERNAL_EUR, a, 1_000);
    Answer still = transfer(alice(), command, a, b, 101);

    assertThat(no.status()).isEqualTo(422);
    assertThat(no.code()).isEqualTo("insufficient-funds");
    assertThat(no.json().get("transferId").asString()).isEqualTo(transferOf(command).toString());
    assertThat(no.json().get("traceId").asString()).isEqualTo("0af7651916cd43dd8448eb211c80319c");
    assertThat(still.text()).isEqualTo(no.text());
    assertThat(
            value(
                Long.class,
                "SELECT count(*) FROM journal_entry WHERE transfer_id = ?",
                transferOf(command)))
        .isZero();
    assertThat(transfer(alice(), UUID.randomUUID(), a, b, 101).status()).isEqualTo(201);
  }

  @Test
  void rejectionsHaveTheirOwnCodes() {
    UUID a = account("alice", 1_000);
    UUID b = account("bob", 0);
    UUID frozen = account("alice", 1_000);
    post("/v1/accounts/" + frozen + "/freeze", alice(), UUID.randomUUID(), "");
    UUID closed = account("alice", 0);
    post("/v1/accounts/" + closed + "/close", alice(), UUID.randomUUID(), "");
    UUID dollars =
        UUID.fromString(
            post(
                    "/v1/accounts",
                    bob(),
                    UUID.randomUUID(),
                    "{\"name\":\"Dollars\",\"currency\":\"USD\"}")
                .json()
                .get("id")
                .asString());

    assertThat(code(a, a)).isEqualTo("self-transfer");
    assertThat(code(closed, b)).isEqualTo("account-closed");
    assertThat(code(frozen, b)).isEqualTo("account-frozen");
    assertThat(code(a, UUID.randomUUID())).isEqualTo("account-unusable");
    assertThat(code(a, closed)).isEqualTo("account-unusable");
    assertThat(code(a, EXTERNAL_EUR)).isEqualTo("account-unusable");
    assertThat(code(a, dollars)).isEqualTo("currency-mismatch");
    assertThat(balanceMinor(a)).isEqualTo(1_000);
  }

  private String code(UUID debit, UUID credit) {
    Answer answer = transfer(alice(), UUID.randomUUID(), debit, credit, 10);
    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.json().get("type").asString()).endsWith("/" + answer.code());
    return answer.code();
  }

  @Test
  void somebodyElsesAccountLooksLikeNoAccount() {
    UUID a = account("alice", 1_000);
    UUID b = account("bob", 0);

    Answer foreign = transfer(bob(), UUID.randomUUID(), a, b, 10);
    Answer unknown = transfer(bob(), UUID.randomUUID(), UUID.randomUUID(), b, 10);

    assertThat(foreign.status()).isEqualTo(404);
    assertThat(foreign.text()).isEqualTo(unknown.text());
    UUID nobodys = UUID.randomUUID();
    assertThat(get("/v1/accounts/" + a, bob()).text().replace(a.toString(), "…"))
        .isEqualTo(get("/v1/accounts/" + nobodys, bob()).text().replace(nobodys.toString(), "…"));
    assertThat(get("/v1/accounts/" + a + "/entries", bob()).status()).isEqualTo(404);
    assertThat(get("/v1/transfers?accountId=" + a, bob()).status()).isEqualTo(404);
    assertThat(transfer(bob(), UUID.randomUUID(), EXTERNAL_EUR, b, 10).status()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "-5",
        "1.5",
        "1.0",
        "1e2",
        "\"10\"",
        "true",
        "null",
        "[1]",
        "9007199254740992",
        "123456789012345678901234567890"
      })
  void anAmountThatIsNotAWholePositiveNumberIsMalformed(String amount) {
    UUID a = account("alice", 1_000);
    UUID b = account("bob", 0);

    Answer answer = post("/v1/transfers", alice(), UUID.randomUUID(), body(a, b, amount));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.code()).isEqualTo("invalid-request");
    assertThat(balanceMinor(a)).isEqualTo(1_000);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "unknown field | ,\"status\":\"POSTED\"}",
        "duplicate field | ,\"amountMinor\":1000}",
        "trailing text | } {}",
        "control character | ,\"reference\":\"a\\u0000b\"}",
        "lone surrogate | ,\"reference\":\"\\ud800\"}",
        "wrong type | ,\"reference\":5}",
        "nested metadata | ,\"metadata\":{\"a\":{}}}"
      })
  void aBodyThatIsNotExactlyARequestIsMalformed(String what, String ending) {
    UUID a = account("alice", 1_000);
    String body = body(a, UUID.randomUUID(), "10");

    Answer answer =
        post(
            "/v1/transfers",
            alice(),
            UUID.randomUUID(),
            body.substring(0, body.length() - 1) + ending);

    assertThat(answer.status()).as(what).isEqualTo(400);
    assertThat(answer.text()).doesNotContain("Exception").doesNotContain("dev.payledger.ledger");
  }

  @Test
  void aBodyIsReadAsFarAsTheLargestBatchGoesAndNoFurther() {
    UUID a = account("alice", 1_000);
    UUID b = account("bob", 0);
    String body = body(a, b, "10");

    assertThat(
            post("/v1/transfers", alice(), UUID.randomUUID(), body + " ".repeat(1_000_000))
                .status())
        .isEqualTo(201);
    Answer refused =
        post("/v1/transfers", alice(), UUID.randomUUID(), body + " ".repeat(1_200_000));

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.code()).isEqualTo("invalid-request");
    assertThat(balanceMinor(b)).isEqualTo(10);
  }

  @Test
  void aRequestWhoseTimeIsOverIsRefusedBeforeItBegins() {
    UUID a = account("alice", 1_000);
    UUID command = UUID.randomUUID();

    Answer late =
        send(
            request("/v1/transfers", alice())
                .header("Content-Type", "application/json")
                .header("Command-Id", command.toString())
                .header("Request-Timeout-Ms", "0")
                .POST(HttpRequest.BodyPublishers.ofString(body(a, UUID.randomUUID(), "10"))));

    assertThat(late.status()).isEqualTo(503);
    assertThat(late.code()).isEqualTo("unavailable");
    assertThat(late.response().headers().firstValue("Retry-After")).isPresent();
    assertThat(value(Long.class, "SELECT count(*) FROM command WHERE id = ?", transferOf(command)))
        .isZero();
  }

  @Test
  void soIsOneThatOnlyReadsAndOneThatIsNotEvenReadable() {
    UUID a = account("alice", 1_000);
    for (String path :
        List.of("/v1/accounts/" + a, "/v1/accounts", "/v1/transfers?accountId=" + a)) {
      Answer late = send(request(path, alice()).header("Request-Timeout-Ms", "0"));
      assertThat(late.code()).as(path).isEqualTo("unavailable");
      assertThat(send(request(path, alice()).header("Request-Timeout-Ms", "soon")).code())
          .isEqualTo("invalid-request");
    }
    Answer unreadable =
        send(
            request("/v1/transfers", alice())
                .header("Content-Type", "application/json")
                .header("Request-Timeout-Ms", "0")
                .POST(HttpRequest.BodyPublishers.ofString("{")));
    assertThat(unreadable.code()).isEqualTo("unavailable");
  }

  @Test
  void listsPageThroughEverythingOnceAndRefuseForgedCursors() {
    UUID a = account("alice", 1_000);
    UUID b = account("bob", 0);
    Set<String> made = new HashSet<>();
    for (int i = 0; i < 5; i++) {
      made.add(transfer(alice(), UUID.randomUUID(), a, b, 1).json().get("id").asString());
    }

    List<String> seen = new ArrayList<>();
    String path = "/v1/transfers?accountId=" + b + "&limit=2";
    String next = "";
    do {
      var page = get(path + next, bob()).json();
      page.get("items").forEach(item -> seen.add(item.get("id").asString()));
      next = page.has("next") ? "&cursor=" + page.get("next").asString() : null;
    } while (next != null);

    assertThat(seen).hasSize(5);
    assertThat(new HashSet<>(seen)).isEqualTo(made);
    assertThat(get(path + "&cursor=Zm9yZ2VkZm9yZ2VkZm9yZ2Vk", bob()).status()).isEqualTo(400);
    assertThat(get(path.replace("limit=2", "limit=0"), bob()).status()).isEqualTo(400);
  }

  @Test
  void crossingTransfersUnderLoadKeepEveryAnswerTrue() throws Exception {
    RandomGenerator random = Seed.next().random();
    List<UUID> accounts =
        List.of(account("alice", 300), account("alice", 300), account("alice", 300));
    record Request(UUID command, UUID debit, UUID credit, long minor) {}
    List<Request> requests = new ArrayList<>();
    for (int i = 0; i < Seed.rounds(200); i++) {
      int from = random.nextInt(3);
      requests.add(
          new Request(
              UUID.randomUUID(),
              accounts.get(from),
              accounts.get((from + 1 + random.nextInt(2)) % 3),
              random.nextLong(1, 200)));
    }

    List<Future<Answer>> answers = new ArrayList<>();
    try (ExecutorService callers = Executors.newFixedThreadPool(16)) {
      for (Request r : requests) {
        Callable<Answer> call = () -> transfer(alice(), r.command, r.debit, r.credit, r.minor);
        answers.add(callers.submit(call));
      }
    }

    long[] delta = new long[3];
    int posted = 0;
    for (int i = 0; i < requests.size(); i++) {
      Request r = requests.get(i);
      Answer answer = answers.get(i).get();
      assertThat(answer.status()).as(answer.text()).isIn(201, 422);
      if (answer.status() == 201) {
        posted++;
        delta[accounts.indexOf(r.debit)] -= r.minor;
        delta[accounts.indexOf(r.credit)] += r.minor;
      } else {
        assertThat(answer.code()).isEqualTo("insufficient-funds");
      }
    }
    assertThat(posted).isPositive();
    for (int i = 0; i < 3; i++) {
      assertThat(balanceMinor(accounts.get(i))).isEqualTo(300 + delta[i]).isNotNegative();
    }
  }

  @Test
  void manyCallersWithOneCommandMakeOneTransfer() throws Exception {
    UUID a = account("alice", 10_000);
    UUID b = account("bob", 0);
    UUID command = UUID.randomUUID();

    List<Future<Answer>> answers = new ArrayList<>();
    try (ExecutorService callers = Executors.newFixedThreadPool(32)) {
      for (int i = 0; i < 32; i++) {
        Callable<Answer> call = () -> transfer(alice(), command, a, b, 100);
        answers.add(callers.submit(call));
      }
    }

    Set<String> bodies = new HashSet<>();
    for (Future<Answer> answer : answers) {
      assertThat(answer.get().status()).isEqualTo(201);
      bodies.add(answer.get().text());
    }
    assertThat(bodies).hasSize(1);
    assertThat(balanceMinor(b)).isEqualTo(100);
  }

  @Test
  void troubleAfterTheHoldIsPendingAndNeverReadsAsNothingWritten() throws Exception {
    UUID a = account("alice", 1_000);
    UUID b = account("bob", 0);
    UUID command = UUID.randomUUID();
    CountDownLatch gate = FRAUD.close();
    try (ExecutorService caller = Executors.newVirtualThreadPerTaskExecutor();
        Connection locker = Postgres.superuser("ledger")) {
      Callable<Answer> call =
          () ->
              send(
                  request("/v1/transfers", alice())
                      .header("Content-Type", "application/json")
                      .header("Command-Id", command.toString())
                      .header("Request-Timeout-Ms", "5000")
                      .POST(HttpRequest.BodyPublishers.ofString(body(a, b, "10"))));
      Future<Answer> answer = caller.submit(call);
      await().pollInterval(Duration.ofMillis(10)).until(() -> heldMinor(a) == 10);
      locker.setAutoCommit(false);
      try (var lock = locker.prepareStatement("SELECT 1 FROM account WHERE id = ? FOR UPDATE")) {
        lock.setObject(1, a);
        lock.execute();
      }
      gate.countDown();

      assertThat(answer.get().status()).as(answer.get().text()).isEqualTo(202);
      assertThat(answer.get().json().get("status").asString()).isEqualTo("PENDING");
      locker.rollback();
    }
    // The journal may have been waiting for the lock with it, and post it now.
    assertThat(
            value(
                Long.class,
                "SELECT debits_pending_minor + debits_posted_minor FROM account WHERE id = ?",
                a))
        .isEqualTo(10);
  }

  @Test
  @ExtendWith(OutputCaptureExtension.class)
  void requestLogLineHasTraceId(CapturedOutput log) {
    UUID a = account("alice", 10_000);
    UUID b = account("bob", 0);
    FRAUD.become(Mood.FAILS);
    assertThat(transfer(alice(), UUID.randomUUID(), a, b, 9_000).status()).isEqualTo(202);

    assertThat(log.getOut().lines())
        .anyMatch(
            line ->
                line.contains("fraud-service not usable")
                    && line.contains("[0af7651916cd43dd8448eb211c80319c]"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "00000000-0000-0000-0000-000000000000",
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
        "00000000-0000-0001-0000-000000000001"
      })
  void specialIdIsNotFound(String id) {
    for (String path : List.of("", "/timeline", "/reversals", "?waitMs=1")) {
      assertThat(get("/v1/transfers/" + id + path, alice()).status()).as(path).isEqualTo(404);
    }
    for (String path : List.of("/reversals", "/capture", "/void")) {
      assertThat(post("/v1/transfers/" + id + path, alice(), UUID.randomUUID(), "{}").status())
          .as(path)
          .isEqualTo(404);
    }
    assertThat(get("/v1/accounts/" + id, alice()).status()).isEqualTo(404);
    assertThat(get("/v1/accounts/" + id + "/entries", alice()).status()).isEqualTo(404);
    assertThat(get("/v1/transfers?accountId=" + id, alice()).status()).isEqualTo(404);
    assertThat(
            transfer(alice(), UUID.randomUUID(), UUID.fromString(id), UUID.fromString(id), 1)
                .status())
        .isEqualTo(404);
  }

  @Test
  void fraudServiceIsNeverAskedWhileATransactionIsOpen(
      @Autowired TransactionTemplate transaction, @Autowired FraudScreening screening) {
    assertThatThrownBy(
            () ->
                transaction.executeWithoutResult(
                    tx ->
                        screening.release(
                            UUID.randomUUID(),
                            0,
                            false,
                            Duration.ZERO,
                            Deadline.after(Duration.ofSeconds(5)))))
        .isInstanceOf(IllegalStateException.class);
  }
}
