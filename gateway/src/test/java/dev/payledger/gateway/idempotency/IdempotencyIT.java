package dev.payledger.gateway.idempotency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.payledger.gateway.Downstream.Arrived;
import dev.payledger.gateway.Downstream.Reply;
import dev.payledger.gateway.GatewayUnderTest;
import dev.payledger.gateway.forward.UpstreamResponse;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

class IdempotencyIT extends GatewayUnderTest {
  private static final String TRANSFERS = "/v1/transfers";

  @Autowired private IdempotencyKeys keys;
  @Autowired private ExpiredKeysRun expiredKeys;
  @Autowired private IdempotencyProperties properties;
  @Autowired private JdbcClient jdbc;

  private final AtomicInteger transfersMade = new AtomicInteger();

  /// A ledger as it should be: one transfer per command id, whose answer it remembers.
  @BeforeEach
  void ledgerPostsEveryTransfer() {
    ConcurrentHashMap<String, Reply> remembered = new ConcurrentHashMap<>();
    ledger.answers(
        request -> remembered.computeIfAbsent(request.commandId(), id -> posted(request)));
  }

  private Reply posted(Arrived request) {
    int number = transfersMade.incrementAndGet();
    UUID transfer = UUID.randomUUID();
    return Reply.json(201, "{ \"id\":\"%s\" , \"number\":%d}".formatted(transfer, number))
        .at("/v1/transfers/" + transfer);
  }

  private static Set<String> commandIds() {
    return ledger.arrived().stream().map(Arrived::commandId).collect(Collectors.toSet());
  }

  @Test
  void sixtyFourParallelRequestsWithOneKeyAreOneTransferWithOneAnswer() throws Exception {
    CountDownLatch firstArrived = new CountDownLatch(1);
    CountDownLatch mayAnswer = new CountDownLatch(1);
    ledger.answers(
        request -> {
          firstArrived.countDown();
          await(mayAnswer);
          return posted(request);
        });
    token("alice");
    String key = newKey();
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<HttpResponse<String>>> calls = new ArrayList<>();
      for (int caller = 0; caller < 64; caller++) {
        calls.add(callers.submit(() -> untilItIsAnswered(key)));
      }
      assertThat(firstArrived.await(10, TimeUnit.SECONDS)).isTrue();
      mayAnswer.countDown();
      Set<String> bodies = new HashSet<>();
      Set<String> locations = new HashSet<>();
      int fresh = 0;
      for (Future<HttpResponse<String>> call : calls) {
        HttpResponse<String> response = call.get(20, TimeUnit.SECONDS);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(201);
        bodies.add(response.body());
        locations.add(header(response, "Location"));
        fresh += header(response, "Idempotency-Replayed").isEmpty() ? 1 : 0;
      }
      assertThat(bodies).hasSize(1);
      assertThat(locations).hasSize(1);
      assertThat(fresh).isEqualTo(1);
    }
    assertThat(ledger.arrived()).hasSize(1);
    assertThat(transfersMade).hasValue(1);
  }

  /// Few of a caller's duplicates wait; the others are told to come back.
  private HttpResponse<String> untilItIsAnswered(String key) {
    return Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> post("alice", TRANSFERS, key, transfer(1_000)),
            response -> response.statusCode() != 409);
  }

  @Test
  void aRepeatedRequestIsReplayedByteForByteWithoutAskingTheLedger() {
    String key = newKey();
    HttpResponse<String> first = post("alice", TRANSFERS, key, transfer(1_000));
    assertThat(first.statusCode()).isEqualTo(201);
    assertThat(first.headers().map()).doesNotContainKey("idempotency-replayed");
    for (String spelling : List.of(key, '"' + key + '"')) {
      HttpResponse<String> again = post("alice", TRANSFERS, spelling, transfer(1_000));
      assertThat(again.statusCode()).isEqualTo(201);
      assertThat(again.body()).isEqualTo(first.body());
      assertThat(header(again, "Content-Type")).isEqualTo(header(first, "Content-Type"));
      assertThat(header(again, "Location")).isEqualTo(header(first, "Location")).isNotEmpty();
      assertThat(header(again, "Idempotency-Replayed")).isEqualTo("true");
    }
    String reordered =
        """
        { "currency" : "EUR", "amountMinor" : 1000,
          "creditAccountId" : "%s", "debitAccountId" : "%s" }
        """
            .formatted(BOB_EUR, ALICE_EUR);
    assertThat(post("alice", TRANSFERS, key, reordered).body()).isEqualTo(first.body());
    assertThat(ledger.arrived()).hasSize(1);
  }

  @Test
  void aDryRunNeitherReadsNorClaimsAKey() {
    String key = newKey();
    String dryRun = TRANSFERS + "/dry-run";
    ledger.answers(
        request ->
            request.target().equals(dryRun)
                ? Reply.json(200, "{\"asked\":" + ledger.arrived().size() + "}")
                : posted(request));

    HttpResponse<String> first = post("alice", dryRun, key, transfer(1_000));
    HttpResponse<String> again = post("alice", dryRun, key, transfer(1_000));
    HttpResponse<String> without = send(posting("alice", dryRun, transfer(1_000)));
    assertThat(post("alice", dryRun, "a, b", transfer(1_000)).statusCode())
        .as("not even a key that is none")
        .isEqualTo(200);
    HttpResponse<String> made = post("alice", TRANSFERS, key, transfer(1_000));
    HttpResponse<String> after = post("alice", dryRun, key, transfer(1_000));

    assertThat(List.of(first.statusCode(), again.statusCode(), without.statusCode()))
        .containsOnly(200);
    assertThat(made.statusCode()).as("a first request with this key").isEqualTo(201);
    assertThat(header(made, "Idempotency-Replayed")).isEmpty();
    assertThat(after.statusCode()).as("not this key's request").isEqualTo(200);
    assertThat(Set.of(first.body(), again.body(), without.body(), after.body()))
        .as("asked anew each time")
        .hasSize(4);
    assertThat(commandIds()).as("only one is a command").hasSize(2).contains("");
  }

  @Test
  void aDryRunThatWasNotAnsweredIsNotUnknown() {
    ledger.answers(request -> Reply.json(500, "{}"));

    assertProblem(
        send(posting("alice", TRANSFERS + "/dry-run", transfer(1_000))), 503, "unavailable");
    assertProblem(post("alice", TRANSFERS, newKey(), transfer(1_000)), 503, "outcome-unknown");
  }

  @Test
  void theSameKeyWithAnotherBodyIsRefused() {
    String key = newKey();
    assertThat(post("alice", TRANSFERS, key, transfer(1_000)).statusCode()).isEqualTo(201);
    assertProblem(post("alice", TRANSFERS, key, transfer(1_001)), 422, "idempotency-key-reused");
    assertThat(ledger.arrived()).hasSize(1);
  }

  @Test
  void aMissingMalformedDoubledOrMisspelledKeyIsRefusedBeforeTheLedgerIsAsked() {
    assertProblem(send(posting("alice", TRANSFERS, transfer(1))), 400, "idempotency-key-missing");
    for (String malformed : List.of("", "\"\"", "a b", "\"open", "k".repeat(256), "a,b")) {
      assertProblem(
          post("alice", TRANSFERS, malformed, transfer(1)), 400, "idempotency-key-malformed");
    }
    for (String name : List.of("X-Idempotency-Key", "Idempotency_Key", "IdempotencyKey")) {
      assertProblem(
          send(posting("alice", TRANSFERS, transfer(1)).header(name, newKey())),
          400,
          "idempotency-key-malformed");
    }
    assertProblem(
        send(
            posting("alice", TRANSFERS, transfer(1))
                .header("Idempotency-Key", "one")
                .header("Idempotency-Key", "one")),
        400,
        "idempotency-key-malformed");
    assertThat(ledger.arrived()).isEmpty();
  }

  @Test
  void aBodyThatDoesNotFitBurnsNoKey() {
    String key = newKey();
    assertProblem(post("alice", TRANSFERS, key, transfer(0)), 400, "invalid-request");
    assertThat(ledger.arrived()).isEmpty();
    assertThat(post("alice", TRANSFERS, key, transfer(1_000)).statusCode()).isEqualTo(201);
  }

  @Test
  void aBusinessNoIsFinalForItsKey() {
    ledger.answers(request -> Reply.problem(422, "insufficient-funds"));
    String key = newKey();
    HttpResponse<String> first = post("alice", TRANSFERS, key, transfer(9_999));
    assertThat(first.statusCode()).isEqualTo(422);
    ledger.answers(this::posted);
    HttpResponse<String> again = post("alice", TRANSFERS, key, transfer(9_999));
    assertThat(again.statusCode()).isEqualTo(422);
    assertThat(again.body()).isEqualTo(first.body());
    assertThat(header(again, "Content-Type")).isEqualTo("application/problem+json");
    assertThat(header(again, "Idempotency-Replayed")).isEqualTo("true");
    assertThat(ledger.arrived()).isEmpty();
  }

  @Test
  void theLedgersOwnMemoryOfAnotherBodyIsPassedOnAndNotTakenForTheAnswer() {
    ledger.answers(request -> Reply.problem(422, "idempotency-key-reused"));
    String key = newKey();
    assertThat(post("alice", TRANSFERS, key, transfer(5)).statusCode()).isEqualTo(422);
    HttpResponse<String> again = post("alice", TRANSFERS, key, transfer(5));
    assertThat(again.statusCode()).isEqualTo(422);
    assertThat(header(again, "Idempotency-Replayed")).isEmpty();
    assertThat(ledger.arrived()).hasSize(2);
  }

  @Test
  void whatMayStillChangeIsAskedAgainUnderTheSameCommandId() {
    for (Reply notFinal :
        List.of(
            Reply.json(202, "{\"status\":\"HELD\"}").at("/v1/transfers/" + UUID.randomUUID()),
            Reply.problem(404, "not-found"),
            Reply.problem(503, "unavailable").comeBackIn("7"),
            Reply.json(500, "{}"))) {
      String key = newKey();
      ledger.answers(request -> notFinal);
      HttpResponse<String> first = post("alice", TRANSFERS, key, transfer(1_000));
      assertThat(first.statusCode()).isEqualTo(notFinal.status() == 500 ? 503 : notFinal.status());
      if (notFinal.status() == 202) {
        assertThat(header(first, "Location")).isEqualTo(notFinal.location());
      }
      if (notFinal.status() == 503) {
        assertThat(header(first, "Retry-After")).isEqualTo("7");
        assertThat(first.body()).isEqualTo(notFinal.body());
      }
      if (notFinal.status() == 500) {
        assertProblem(first, 503, "outcome-unknown");
      }
      String commandId = ledger.arrived().getFirst().commandId();
      ledger.answers(this::posted);
      assertProblem(post("alice", TRANSFERS, key, transfer(1_001)), 422, "idempotency-key-reused");
      HttpResponse<String> second = post("alice", TRANSFERS, key, transfer(1_000));
      assertThat(second.statusCode()).isEqualTo(201);
      assertThat(header(second, "Idempotency-Replayed")).isEmpty();
      assertThat(commandIds()).containsExactly(commandId);
      assertThat(post("alice", TRANSFERS, key, transfer(1_000)).body()).isEqualTo(second.body());
      assertThat(ledger.arrived()).hasSize(1);
    }
  }

  @Test
  void aBatchIsAskedAgainUntilEveryItemIsFinalAndThenReplayed() {
    String batch = "{\"items\":[" + transfer(1) + "," + transfer(2) + "]}";
    String path = "/v1/transfer-batches";
    String key = newKey();
    ledger.answers(request -> Reply.json(202, "{\"items\":[{\"status\":201},{\"status\":202}]}"));
    assertThat(post("alice", path, key, batch).statusCode()).isEqualTo(202);
    String commandId = ledger.arrived().getFirst().commandId();
    ledger.answers(request -> Reply.json(200, "{\"items\":[{\"status\":201},{\"status\":422}]}"));
    HttpResponse<String> whole = post("alice", path, key, batch);
    HttpResponse<String> again = post("alice", path, key, batch);
    assertThat(whole.statusCode()).isEqualTo(200);
    assertThat(header(whole, "Idempotency-Replayed")).isEmpty();
    assertThat(again.body()).isEqualTo(whole.body());
    assertThat(header(again, "Idempotency-Replayed")).isEqualTo("true");
    assertThat(commandIds()).containsExactly(commandId);
    assertThat(ledger.arrived()).hasSize(1);
    assertProblem(
        post("alice", path, newKey(), batch.replace(":2,", ":2.0,")), 400, "invalid-request");
  }

  @Test
  void anAnswerThatComesTooLateLeavesTheOutcomeToTheSameKey() {
    CountDownLatch never = new CountDownLatch(1);
    ledger.answers(
        request -> {
          await(never);
          return posted(request);
        });
    String key = newKey();
    HttpResponse<String> first =
        send(
            posting("alice", TRANSFERS, transfer(1_000))
                .header("Idempotency-Key", key)
                .header("Request-Timeout-Ms", "1500"));
    assertProblem(first, 503, "outcome-unknown");
    assertThat(json(first).get("retryable").booleanValue()).isTrue();
    assertThat(header(first, "Retry-After")).isEqualTo("1");
    Arrived sent = ledger.arrived().getFirst();
    assertThat(Integer.parseInt(sent.timeoutMs())).isBetween(1, 1_500);
    ledger.answers(this::posted);
    never.countDown();
    assertThat(post("alice", TRANSFERS, key, transfer(1_000)).statusCode()).isEqualTo(201);
    assertThat(ledger.arrived().getLast().commandId()).isEqualTo(sent.commandId());
  }

  @Test
  void aLedgerThatIsDownIsUnavailableAndTheKeyIsFree() {
    String key = newKey();
    ledger.down();
    try {
      HttpResponse<String> first = post("alice", TRANSFERS, key, transfer(1_000));
      assertProblem(first, 503, "unavailable");
      assertThat(header(first, "Retry-After")).isEqualTo("1");
      assertProblem(get("alice", "/v1/accounts"), 503, "unavailable");
    } finally {
      ledger.up();
    }
    assertThat(post("alice", TRANSFERS, key, transfer(1_000)).statusCode()).isEqualTo(201);
  }

  @Test
  void aDuplicateWaitsForABoundAndIsThenToldToComeBack() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    CountDownLatch mayAnswer = new CountDownLatch(1);
    ledger.answers(
        request -> {
          arrived.countDown();
          await(mayAnswer);
          return posted(request);
        });
    String key = newKey();
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<HttpResponse<String>> first =
          callers.submit(() -> post("alice", TRANSFERS, key, transfer(1_000)));
      assertThat(arrived.await(10, TimeUnit.SECONDS)).isTrue();
      HttpResponse<String> duplicate =
          send(
              posting("alice", TRANSFERS, transfer(1_000))
                  .header("Idempotency-Key", key)
                  .header("Request-Timeout-Ms", "200"));
      assertProblem(duplicate, 409, "request-in-flight");
      assertThat(header(duplicate, "Retry-After")).isEqualTo("1");
      assertThat(lookUp("alice", key, "create-transfer")).isEqualTo("IN_PROGRESS");
      mayAnswer.countDown();
      assertThat(first.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(201);
    }
    assertThat(ledger.arrived()).hasSize(1);
  }

  @Test
  void aClaimWhoseLeaseIsOverPassesToTheNextCallerAndTheOldHolderSpeaksNoMore() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    CountDownLatch mayAnswer = new CountDownLatch(1);
    ledger.answers(
        request -> {
          if (arrived.getCount() > 0) {
            arrived.countDown();
            await(mayAnswer);
            return Reply.json(201, "{\"said\":\"late\"}");
          }
          return Reply.json(201, "{\"said\":\"in time\"}");
        });
    String key = newKey();
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<HttpResponse<String>> paused =
          callers.submit(() -> post("alice", TRANSFERS, key, transfer(1_000)));
      assertThat(arrived.await(10, TimeUnit.SECONDS)).isTrue();
      pass(properties.leaseDuration(), key);
      HttpResponse<String> next = post("alice", TRANSFERS, key, transfer(1_000));
      assertThat(next.body()).contains("in time");
      mayAnswer.countDown();
      HttpResponse<String> late = paused.get(10, TimeUnit.SECONDS);
      assertThat(late.statusCode()).isEqualTo(201);
      assertThat(late.body()).isEqualTo(next.body());
    }
    assertThat(ledger.arrived()).hasSize(2);
    assertThat(commandIds()).hasSize(1);
    assertThat(post("alice", TRANSFERS, key, transfer(1_000)).body()).contains("in time");
  }

  @Test
  void holderReturnsItsAnswerAfterItsLeaseEnded() throws Exception {
    CountDownLatch firstArrived = new CountDownLatch(1);
    CountDownLatch firstMayEnd = new CountDownLatch(1);
    CountDownLatch secondArrived = new CountDownLatch(1);
    CountDownLatch secondMayEnd = new CountDownLatch(1);
    ledger.answers(
        request -> {
          boolean isFirst = firstArrived.getCount() > 0;
          (isFirst ? firstArrived : secondArrived).countDown();
          await(isFirst ? firstMayEnd : secondMayEnd);
          return Reply.json(201, isFirst ? "{\"said\":\"first\"}" : "{\"said\":\"second\"}");
        });
    String key = newKey();
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<HttpResponse<String>> first =
          callers.submit(() -> post("alice", TRANSFERS, key, transfer(1_000)));
      await(firstArrived);
      pass(properties.leaseDuration(), key);
      Future<HttpResponse<String>> second =
          callers.submit(() -> post("alice", TRANSFERS, key, transfer(1_000)));
      await(secondArrived);

      firstMayEnd.countDown();
      HttpResponse<String> early = first.get(20, TimeUnit.SECONDS);
      secondMayEnd.countDown();
      HttpResponse<String> late = second.get(20, TimeUnit.SECONDS);

      assertThat(early.statusCode()).as(early.body()).isEqualTo(201);
      assertThat(early.body()).contains("first");
      assertThat(late.statusCode()).as(late.body()).isEqualTo(201);
      assertThat(late.body()).as("one key, one answer").isEqualTo(early.body());
    }
    assertThat(commandIds()).hasSize(1);
    assertThat(post("alice", TRANSFERS, key, transfer(1_000)).body()).contains("first");
  }

  @Test
  void storesAnAnswerWhoseRowIsGoneOrFree() {
    for (String lost :
        List.of(
            "DELETE FROM idempotency_key",
            "UPDATE idempotency_key SET state = 'RELEASED', lease_ends_at = NULL")) {
      String key = newKey();
      ledger.answers(
          request -> {
            sql(lost + " WHERE idempotency_key = '" + key + "'");
            return posted(request);
          });
      HttpResponse<String> first = post("alice", TRANSFERS, key, transfer(1_000));
      assertThat(first.statusCode()).as(first.body()).isEqualTo(201);
      HttpResponse<String> again = post("alice", TRANSFERS, key, transfer(1_000));
      assertThat(again.body()).isEqualTo(first.body());
      assertThat(header(again, "Idempotency-Replayed")).isEqualTo("true");
      assertThat(ledger.arrived()).hasSize(1);
    }
  }

  @Test
  void holderReturnsItsAnswerWhenTheKeyIsReused() {
    String key = newKey();
    ledger.answers(
        request -> {
          sql(
              "UPDATE idempotency_key SET fingerprint = repeat('0', 64) WHERE idempotency_key = '%s'"
                  .formatted(key));
          return posted(request);
        });
    assertThat(post("alice", TRANSFERS, key, transfer(1_000)).statusCode()).isEqualTo(201);
    assertProblem(post("alice", TRANSFERS, key, transfer(1_000)), 422, "idempotency-key-reused");
  }

  @Test
  void aStaleHolderReleasesNoLaterClaim() {
    KeyedCommand command = command(newKey());
    ClaimResult.Granted first = (ClaimResult.Granted) keys.claim(command);
    assertThat(keys.claim(command)).isInstanceOf(ClaimResult.InProgress.class);
    pass(properties.leaseDuration(), command.key().value());
    ClaimResult.Granted second = (ClaimResult.Granted) keys.claim(command);
    assertThat(second.epoch()).isEqualTo(first.epoch() + 1);
    keys.release(command, first.epoch());
    assertThat(keys.look(command)).isInstanceOf(ClaimResult.InProgress.class);
  }

  @Test
  void theFirstFinalAnswerStands() {
    KeyedCommand command = command(newKey());
    ClaimResult.Granted claim = (ClaimResult.Granted) keys.claim(command);
    assertThat(keys.answer(command, answer("right"))).isTrue();
    assertThat(keys.answer(command, answer("twice"))).isFalse();
    keys.release(command, claim.epoch());
    assertThat(keys.look(command))
        .isInstanceOfSatisfying(
            ClaimResult.Completed.class,
            answered -> assertThat(answered.answer().body()).isEqualTo(answer("right").body()));
  }

  @Test
  void aGatewayADayAheadTakesNoClaimAndDeletesNoKey() {
    KeyedCommand command = command(newKey());
    keys.claim(command);
    clock.advance(properties.kept().plusHours(1));
    expiredKeys.runOnce();
    assertThat(keys.claim(command)).isInstanceOf(ClaimResult.InProgress.class);
    KeyedCommand ahead = command(newKey());
    keys.claim(ahead);
    now();
    pass(properties.leaseDuration(), ahead.key().value());
    assertThat(keys.claim(ahead)).isInstanceOf(ClaimResult.Granted.class);
  }

  @Test
  void oneKeyOfTwoCallersOrOfTwoOperationsIsTwoKeys() {
    String key = newKey();
    String account = "{\"name\":\"Savings\",\"currency\":\"EUR\"}";
    assertThat(post("alice", TRANSFERS, key, transfer(1_000)).statusCode()).isEqualTo(201);
    HttpResponse<String> bobs = post("bob", TRANSFERS, key, transfer(2_000));
    assertThat(bobs.statusCode()).isEqualTo(201);
    assertThat(header(bobs, "Idempotency-Replayed")).isEmpty();
    assertThat(post("alice", "/v1/accounts", key, account).statusCode()).isEqualTo(201);
    assertThat(commandIds()).hasSize(3);
    HttpResponse<String> again = post("alice", "/v1/accounts", key, account);
    assertThat(header(again, "Idempotency-Replayed")).isEqualTo("true");
    assertThat(ledger.arrived()).hasSize(3);
  }

  @Test
  void anAccountIsOpenedWithoutAKeyAsACommandOfItsOwnEachTime() {
    String account = "{\"name\":\"Savings\",\"currency\":\"EUR\"}";
    for (int time = 0; time < 2; time++) {
      assertThat(send(posting("alice", "/v1/accounts", account)).statusCode()).isEqualTo(201);
    }
    assertThat(commandIds()).hasSize(2).allMatch(id -> UUID.fromString(id).version() == 4);
    assertProblem(
        send(posting("alice", "/v1/accounts", account).header("X-Idempotency-Key", "a")),
        400,
        "idempotency-key-malformed");
  }

  @Test
  void aKeyUsedForOneAccountIsNotReplayedForAnother() {
    String key = newKey();
    assertThat(freeze(ALICE_EUR, key).statusCode()).isEqualTo(201);
    assertThat(header(freeze(ALICE_EUR, key), "Idempotency-Replayed")).isEqualTo("true");
    assertProblem(freeze(BOB_EUR, key), 422, "idempotency-key-reused");
  }

  private HttpResponse<String> freeze(String account, String key) {
    HttpRequest.Builder request =
        as("operator", "/v1/accounts/" + account + "/freeze")
            .header("Idempotency-Key", key)
            .POST(BodyPublishers.noBody());
    return send(request);
  }

  @Test
  void withoutItsStoreMoneyStandsStillAndReadsGoOn() {
    String key = newKey();
    sql("ALTER TABLE idempotency_key RENAME TO idempotency_key_away");
    try {
      assertProblem(post("alice", TRANSFERS, key, transfer(1_000)), 503, "unavailable");
      assertThat(ledger.arrived()).isEmpty();
      assertThat(get("alice", "/v1/accounts").statusCode()).isEqualTo(201);
    } finally {
      sql("ALTER TABLE idempotency_key_away RENAME TO idempotency_key");
    }
    assertThat(post("alice", TRANSFERS, key, transfer(1_000)).statusCode()).isEqualTo(201);
  }

  @Test
  void anAnswerThatCannotBeStoredIsNotGivenAndTheRetryGetsIt() {
    String key = newKey();
    ConcurrentHashMap<String, Reply> remembered = new ConcurrentHashMap<>();
    ledger.answers(
        request ->
            remembered.computeIfAbsent(
                request.commandId(),
                id -> {
                  sql("ALTER TABLE idempotency_key RENAME TO idempotency_key_away");
                  return posted(request);
                }));
    try {
      assertProblem(post("alice", TRANSFERS, key, transfer(1_000)), 503, "unavailable");
    } finally {
      sql("ALTER TABLE idempotency_key_away RENAME TO idempotency_key");
    }
    pass(properties.leaseDuration(), key);
    HttpResponse<String> retry = post("alice", TRANSFERS, key, transfer(1_000));
    assertThat(retry.statusCode()).isEqualTo(201);
    assertThat(remembered.values()).extracting(Reply::body).containsExactly(retry.body());
    assertThat(transfersMade).hasValue(1);
  }

  @Test
  void anExpiredKeyIsForgottenHereAndTheLedgerIsAskedUnderTheSameId() {
    String key = newKey();
    HttpResponse<String> first = post("alice", TRANSFERS, key, transfer(1_000));
    expiredKeys.runOnce();
    assertThat(rowsOf(key)).isEqualTo(1);
    pass(Duration.ofHours(24), key);
    assertThat(expiredKeys.runOnce()).isPositive();
    assertThat(rowsOf(key)).isZero();
    HttpResponse<String> again = post("alice", TRANSFERS, key, transfer(1_000));
    assertThat(again.body()).isEqualTo(first.body());
    assertThat(ledger.arrived()).hasSize(2);
    assertThat(commandIds()).hasSize(1);
    assertThat(transfersMade).hasValue(1);
  }

  @Test
  void whatExpiresInAMinuteIsForgottenInOne() {
    sql(
        """
        INSERT INTO idempotency_key (command_id, principal, operation, idempotency_key, fingerprint,
            state, epoch, created_at, expires_at)
          SELECT gen_random_uuid(), 'flood', 'create-transfer', 'k-' || n, repeat('0', 64),
                 'RELEASED', 1, now() - interval '25 h', now() - interval '1 h'
            FROM generate_series(1, 10500) AS n
        """);
    expiredKeys.run();
    assertThat(
            jdbc.sql("SELECT count(*) FROM idempotency_key WHERE principal = 'flood'")
                .query(Long.class)
                .single())
        .isZero();
  }

  @Test
  void aKeyCanBeLookedUpByItsOwnerOnly() {
    String key = newKey();
    assertThat(lookUp("alice", key, "create-transfer")).isEqualTo("UNKNOWN");
    String pending = "/v1/transfers/" + UUID.randomUUID();
    ledger.answers(request -> Reply.json(202, "{\"status\":\"PENDING\"}").at(pending));
    post("alice", TRANSFERS, key, transfer(1_000));
    JsonNode accepted =
        json(get("alice", "/v1/idempotency-keys?key=" + key + "&operation=create-transfer"));
    assertThat(accepted.get("progress").stringValue()).isEqualTo("IN_PROGRESS");
    assertThat(accepted.get("status").intValue()).isEqualTo(202);
    assertThat(accepted.get("location").stringValue()).isEqualTo(pending);
    ledger.answers(request -> Reply.json(503, "{}"));
    post("alice", TRANSFERS, key, transfer(1_000));
    assertThat(lookUp("alice", key, "create-transfer"))
        .as("an outage does not undo it")
        .isEqualTo("IN_PROGRESS");
    ledger.answers(this::posted);
    HttpResponse<String> made = post("alice", TRANSFERS, key, transfer(1_000));
    HttpResponse<String> found =
        get("alice", "/v1/idempotency-keys?key=" + key + "&operation=create-transfer");
    assertThat(found.statusCode()).isEqualTo(200);
    assertThat(json(found).get("progress").stringValue()).isEqualTo("DONE");
    assertThat(json(found).get("status").intValue()).isEqualTo(201);
    assertThat(json(found).get("location").stringValue()).isEqualTo(header(made, "Location"));
    assertThat(json(found).get("answer")).isEqualTo(json(made));
    assertThat(lookUp("alice", key, "open-account")).isEqualTo("UNKNOWN");
    assertThat(lookUp("bob", key, "create-transfer")).isEqualTo("UNKNOWN");
    assertProblem(get("alice", "/v1/idempotency-keys?key=" + key), 400, "invalid-request");
    String right = "/v1/idempotency-keys?key=" + key + "&operation=create-transfer";
    assertProblem(get("alice", right + "&more=1"), 400, "invalid-request");
    assertProblem(get("alice", right + "&key=" + key), 400, "invalid-request");
    assertProblem(
        get("alice", "/v1/idempotency-keys?key=a%20b&operation=create-transfer"),
        400,
        "invalid-request");
  }

  @Test
  void theDatabaseKeepsOnlyFinalAnswersAndCompleteRows() {
    KeyedCommand command = command(newKey());
    keys.claim(command);
    UpstreamResponse pending =
        new UpstreamResponse(202, "application/json", null, null, null, null, new byte[0]);
    assertThatThrownBy(() -> keys.answer(command, pending))
        .isInstanceOf(DataIntegrityViolationException.class)
        .hasMessageContaining("only_final_answers_are_kept");
    assertThatThrownBy(
            () ->
                jdbc.sql("UPDATE idempotency_key SET state = 'ANSWERED' WHERE command_id = ?")
                    .param(command.commandId())
                    .update())
        .isInstanceOf(DataIntegrityViolationException.class);
  }

  /// So much time passes for a key, by the database's clock.
  private void pass(Duration time, String key) {
    jdbc.sql(
            """
            UPDATE idempotency_key
               SET lease_ends_at = lease_ends_at - make_interval(secs => :seconds),
                   expires_at = expires_at - make_interval(secs => :seconds)
             WHERE idempotency_key = :key
            """)
        .param("seconds", time.toMillis() / 1e3)
        .param("key", key)
        .update();
  }

  private String lookUp(String client, String key, String operation) {
    return json(get(client, "/v1/idempotency-keys?key=" + key + "&operation=" + operation))
        .get("progress")
        .stringValue();
  }

  private int rowsOf(String key) {
    return jdbc.sql("SELECT count(*) FROM idempotency_key WHERE idempotency_key = ?")
        .param(key)
        .query(Integer.class)
        .single();
  }

  private static KeyedCommand command(String key) {
    IdempotencyKey named = new IdempotencyKey(key);
    return new KeyedCommand(
        CommandId.of(new KeyOwner(ISSUER, "alice"), "create-transfer", named, 0),
        "alice",
        "create-transfer",
        named,
        Fingerprint.of("alice", "create-transfer", TRANSFERS, "{}"));
  }

  private static UpstreamResponse answer(String body) {
    return new UpstreamResponse(
        201, "application/json", null, null, null, null, body.getBytes(StandardCharsets.UTF_8));
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
