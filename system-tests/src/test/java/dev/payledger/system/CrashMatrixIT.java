package dev.payledger.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.payledger.failpoints.Arming;
import dev.payledger.failpoints.Failpoint;
import dev.payledger.failpoints.Position;
import dev.payledger.stack.Service;
import dev.payledger.stack.server.Processes;
import dev.payledger.stack.server.TcpProxy;
import dev.payledger.system.CrashMatrix.Kind;
import dev.payledger.system.CrashMatrix.Result;
import dev.payledger.system.CrashMatrix.Row;
import dev.payledger.testkit.Seed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every commit of a transfer's life with a fault in front of it, behind it, and behind its answer:
/// the process is gone, or sleeps past its lease, the client asks again under its key, and one
/// transfer is final and the books are right. `-Pfaults` runs all rows, `-Drow=` one of them.
@Tag("faults")
class CrashMatrixIT extends Stack {
  /// Longer than every lease of the stack under test.
  private static final Duration ASLEEP = Duration.ofSeconds(6);

  /// How long the journal waits for its database, and longer than that; a transaction may still be
  /// open there.
  private static final String JOURNAL_WAITS_SECONDS = "3";

  private static final Duration CUT_OFF = Duration.ofSeconds(4);

  private static final String CAPTURE_WITHIN = "7d";

  /// More than may pass unscreened, and less than what fraud screening declines.
  private static final long SCREENED_MINOR = 50_000;

  /// So little may: all of these payments together stay within the allowance of carol, whom no other
  /// test of faults lets pay.
  private static final long UNSCREENED_MINOR = 200;

  private static final long SUSPICIOUS_MINOR = 1_000_001;

  private static final Seed SEED = Seed.next();
  private static final RandomGenerator RANDOM = SEED.random();
  private static final String COMMIT = CrashMatrix.commit();
  private static final List<Result> RESULTS = new ArrayList<>();

  private static String captureWithin = CAPTURE_WITHIN;

  /// Between the ledger and its database.
  private static TcpProxy toDatabase;

  /// What a row found at its end.
  ///
  /// @param id of the transfer, or of the account that was opened or changed
  private record Found(String id, String finalState, Client client) {}

  static List<Row> rows() {
    return CrashMatrix.asked();
  }

  @BeforeAll
  static void theDeadAreStartedAgain() throws IOException {
    stack()
        .onUnexpectedExit(
            service -> {
              try {
                stack().start(service);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    toDatabase = TcpProxy.to(stack().ports().of(Service.POSTGRES));
    stack().with(Service.LEDGER, Map.of("JOURNAL_SOCKET_TIMEOUT", JOURNAL_WAITS_SECONDS));
    reachDatabaseAt(toDatabase.port());
    stack().start(Service.LEDGER);
    for (Service service : Service.ours()) {
      stack().awaitReady(service);
      // They will start often.
      stack().archiveClasses(service);
    }
  }

  /// From the ledger's next start on.
  private static void reachDatabaseAt(int port) throws IOException {
    stack().with(Service.LEDGER, Map.of("POSTGRES_PORT", Integer.toString(port)));
    stack().stop(Service.LEDGER);
  }

  @AfterAll
  static void writeItDown() throws IOException {
    stack().onUnexpectedExit(service -> {});
    stack()
        .with(
            Service.LEDGER,
            Map.of("JOURNAL_SOCKET_TIMEOUT", "10", "CAPTURE_WITHIN", CAPTURE_WITHIN));
    reachDatabaseAt(stack().ports().of(Service.POSTGRES));
    toDatabase.close();
    CrashMatrix.write(Path.of("target"), RESULTS);
    // A run that was stopped, or found something, changes nothing.
    if (RESULTS.stream().map(Result::row).toList().equals(names(rows()))
        && RESULTS.stream().allMatch(Result::booksRight)) {
      CrashMatrix.write(
          CrashMatrix.GENERATED,
          CrashMatrix.updated(CrashMatrix.read(CrashMatrix.GENERATED), RESULTS));
    }
  }

  private static List<String> names(List<Row> rows) {
    return rows.stream().map(Row::toString).toList();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rows")
  void oneTransferAndRightBooks(Row row) throws Exception {
    Found found = null;
    boolean isRight = false;
    try {
      found = find(row);
      everythingRuns();
      theBooksAreRight();
      isRight = true;
    } finally {
      RESULTS.add(
          new Result(
              row.point().failpoint().title(),
              row.point().position().toString(),
              row.kind().toString(),
              SEED.value(),
              found == null ? "-" : found.id(),
              found == null ? "-" : found.client().saw(),
              found == null ? "-" : found.finalState(),
              isRight,
              COMMIT));
    }
  }

  private static Found find(Row row) throws Exception {
    captureWithin(row.point().failpoint() == Failpoint.EXPIRED ? "3s" : CAPTURE_WITHIN);
    return switch (row.point().failpoint()) {
      case ACCOUNT_OPENED -> anAccountIsOpened(row);
      case ACCOUNT_CHANGED -> anAccountIsGivenALimit(row);
      case ACCOUNT_CHANGE_REJECTED -> anAccountWithMoneyIsNotClosed(row);
      case BATCH_OPENED -> aBatchIsTaken(row);
      case REJECTED -> aTransferWithoutFundsIsRejected(row);
      case TURNED_BACK, RELEASED, VOIDED -> aSuspiciousTransferIsTurnedBack(row);
      case SAGA_HANDED_BACK, SAGA_CLAIMED, KEY_RELEASED -> aTransferWaitsForScreening(row);
      case HELD ->
          row.point().position() == Position.AFTER_REPLY
              ? aTransferWaitsForScreening(row)
              : aTransferIsPosted(row);
      case AUTHORIZED, CAPTURED, CAPTURE_REJECTED -> anAuthorizationIsCaptured(row);
      case VOIDED_BY_REQUEST -> anAuthorizationIsVoided(row);
      case EXPIRED -> anAuthorizationExpires(row);
      case VOID_REQUESTED, RELEASE_CLAIMED, RELEASE_NOTED -> aPendingTransferIsVoided(row);
      case VOID_REJECTED -> aPostedTransferCannotBeVoided(row);
      case REVIEW_DECIDED -> anOperatorDecides(row);
      case LEARNED, FRAUD_OFFSET_STORED -> whatWasPaidIsLearned(row);
      case ASSESSED_AFTERWARDS -> whatPassedUnscreenedIsAssessed(row);
      case FRAUD_REVIEW_DECIDED -> somebodyLooksAtWhatPassed(row);
      case KEY_CLAIMED,
          ASSESSED,
          POSTED,
          ANSWER_STORED,
          PRODUCED,
          RELAY_OFFSET_STORED,
          APPLIED,
          NOTIFY_OFFSET_STORED ->
          aTransferIsPosted(row);
    };
  }

  private static Found aTransferIsPosted(Row row) throws Exception {
    Pair pair = new Pair(100_000);
    long amountMinor = amountMinor();
    Client client = new Client("carol", "/v1/transfers", pair.transfer(amountMinor));
    Met fault = meet(row);

    Answer posted = client.settle();
    fault.await();

    assertThat(posted.status()).as(posted.body()).isEqualTo(201);
    return pair.moved(posted.text("id"), amountMinor, client);
  }

  /// Its items are fixed before the first is taken: with one more under the same key it is another batch.
  private static Found aBatchIsTaken(Row row) throws Exception {
    Pair pair = new Pair(100_000);
    String item = pair.transfer(1_000);
    Client client =
        new Client("carol", "/v1/transfer-batches", "{\"items\":[%1$s,%1$s]}".formatted(item));
    Met fault = meet(row);

    Answer done = client.settle();
    fault.await();

    assertThat(done.status()).as(done.body()).isEqualTo(200);
    client.replays(done);
    Answer other =
        post(
            stack().url(Service.GATEWAY),
            "/v1/transfer-batches",
            "carol",
            client.key,
            "{\"items\":[%1$s,%1$s,%1$s]}".formatted(item));
    assertThat(other.text("code")).isEqualTo("idempotency-key-reused");
    assertThat(transfersOn(pair.carol)).isEqualTo(2);
    assertThat(balanceMinor(pair.bob)).isEqualTo(2_000);
    String first = done.json().at("/items/0/transfer/id").asString();
    return new Found(first, "POSTED", client);
  }

  private static Found aTransferWithoutFundsIsRejected(Row row) throws Exception {
    Pair pair = new Pair(1_000);
    Client client = new Client("carol", "/v1/transfers", pair.transfer(amountMinor()));
    Met fault = meet(row);

    Answer rejected = client.settle();
    fault.await();

    assertThat(rejected.text("code")).as(rejected.body()).isEqualTo("insufficient-funds");
    return pair.unmoved(rejected.text("transferId"), "REJECTED", client);
  }

  private static Found aSuspiciousTransferIsTurnedBack(Row row) throws Exception {
    Pair pair = new Pair(3_000_000);
    Client client =
        new Client(
            "carol", "/v1/transfers", pair.transfer(SUSPICIOUS_MINOR + RANDOM.nextInt(1_000)));
    Met fault = meet(row);

    Answer declined = client.settle();
    fault.await();

    assertThat(declined.text("code")).as(declined.body()).isEqualTo("fraud-declined");
    awaitReleased(declined.text("transferId"));
    return pair.unmoved(declined.text("transferId"), "REJECTED", client);
  }

  private static Found aTransferWaitsForScreening(Row row) throws Exception {
    Pair pair = new Pair(100_000);
    long amountMinor = amountMinor();
    Client client = new Client("carol", "/v1/transfers", pair.transfer(amountMinor));
    stack().suspend(Service.FRAUD);
    try {
      Met fault = meet(row);
      client.ask();
      fault.await();
    } finally {
      stack().resume(Service.FRAUD);
    }

    Answer posted = client.settle();

    assertThat(posted.status()).as(posted.body()).isEqualTo(201);
    return pair.moved(posted.text("id"), amountMinor, client);
  }

  private static Found anAuthorizationIsCaptured(Row row) throws Exception {
    Pair pair = new Pair(100_000);
    long amountMinor = amountMinor();
    Client authorizing = new Client("carol", "/v1/transfers", pair.authorization(amountMinor));
    return switch (row.point().failpoint()) {
      case AUTHORIZED -> {
        Met fault = meet(row);
        Answer held = authorizing.settle();
        fault.await();
        assertThat(held.text("status")).as(held.body()).isEqualTo("HELD");
        authorizing.replays(held);
        Client capturing = change(held, "capture", "{}");
        assertThat(capturing.settle().text("status")).isEqualTo("POSTED");
        yield pair.moved(held.text("id"), amountMinor, authorizing);
      }
      case CAPTURED -> {
        Answer held = authorizing.settle();
        Client capturing = change(held, "capture", "{}");
        Met fault = meet(row);
        Answer captured = capturing.settle();
        fault.await();
        assertThat(captured.text("status")).as(captured.body()).isEqualTo("POSTED");
        yield pair.moved(held.text("id"), amountMinor, capturing);
      }
      default -> {
        Answer held = authorizing.settle();
        Client tooMuch = change(held, "capture", "{\"amountMinor\":%d}".formatted(amountMinor + 1));
        Met fault = meet(row);
        Answer refused = tooMuch.settle();
        fault.await();
        assertThat(refused.status()).as(refused.body()).isEqualTo(422);
        tooMuch.replays(refused);
        assertThat(change(held, "capture", "{}").settle().text("status")).isEqualTo("POSTED");
        yield pair.moved(held.text("id"), amountMinor, tooMuch);
      }
    };
  }

  private static Found anAuthorizationIsVoided(Row row) throws Exception {
    Pair pair = new Pair(100_000);
    Answer held = new Client("carol", "/v1/transfers", pair.authorization(amountMinor())).settle();
    Client voiding = change(held, "void", "{}");
    Met fault = meet(row);

    Answer voided = voiding.settle();
    fault.await();

    assertThat(voided.text("status")).as(voided.body()).isEqualTo("VOIDED");
    return pair.unmoved(held.text("id"), "VOIDED", voiding);
  }

  private static Found anAuthorizationExpires(Row row) throws Exception {
    Pair pair = new Pair(100_000);
    Client client = new Client("carol", "/v1/transfers", pair.authorization(amountMinor()));
    Met fault = meet(row);
    Answer held = client.settle();
    fault.await();
    String id = held.text("id");
    await()
        .atMost(SOON)
        .until(() -> get("/v1/transfers/" + id, "carol").text("status").equals("EXPIRED"));
    return pair.unmoved(id, "EXPIRED", client);
  }

  private static Found aPendingTransferIsVoided(Row row) throws Exception {
    Pair pair = new Pair(100_000);
    Client client = new Client("carol", "/v1/transfers", pair.transfer(amountMinor()));
    Met fault;
    Client voiding;
    stack().suspend(Service.FRAUD);
    try {
      Answer pending = client.ask();
      assertThat(pending.text("status")).as(pending.body()).isEqualTo("PENDING");
      voiding = change(pending, "void", "{}");
      fault = meet(row);
      Answer voided = voiding.settle();
      assertThat(voided.text("status")).as(voided.body()).isEqualTo("VOIDED");
    } finally {
      stack().resume(Service.FRAUD);
    }
    fault.await();

    Answer ended = client.settle();
    assertThat(ended.status()).as(ended.body()).isEqualTo(422);
    awaitReleased(ended.text("transferId"));
    return pair.unmoved(ended.text("transferId"), "VOIDED", voiding);
  }

  private static Found aPostedTransferCannotBeVoided(Row row) throws Exception {
    Pair pair = new Pair(100_000);
    long amountMinor = amountMinor();
    Answer posted = new Client("carol", "/v1/transfers", pair.transfer(amountMinor)).settle();
    Client voiding = change(posted, "void", "{}");
    Met fault = meet(row);

    Answer refused = voiding.settle();
    fault.await();

    assertThat(refused.status()).as(refused.body()).isEqualTo(422);
    return pair.moved(posted.text("id"), amountMinor, voiding);
  }

  private static Found anOperatorDecides(Row row) throws Exception {
    Pair pair = new Pair(100_000);
    long amountMinor = amountMinor();
    Client client = new Client("carol", "/v1/transfers", pair.transfer(amountMinor));
    Client deciding;
    stack().suspend(Service.FRAUD);
    try {
      Answer pending = client.ask();
      assertThat(pending.text("status")).as(pending.body()).isEqualTo("PENDING");
      deciding =
          new Client(
              "operator",
              "/v1/operator/held-transfers/" + pending.text("id") + "/review",
              "{\"decision\":\"APPROVE\",\"reason\":\"looked at\"}");
      Met fault = meet(row);
      Answer decided = deciding.settle();
      fault.await();
      assertThat(decided.text("status")).as(decided.body()).isEqualTo("POSTED");
    } finally {
      stack().resume(Service.FRAUD);
    }

    String id = client.settle().text("id");
    assertThat(ofTransfer("ledger", "SELECT count(*) FROM review_decision", id)).isEqualTo(1);
    return pair.moved(id, amountMinor, deciding);
  }

  private static Found whatWasPaidIsLearned(Row row) throws Exception {
    Pair pair = new Pair(100_000);
    pair.awaitLearned();
    long amountMinor = amountMinor();
    Client client = new Client("carol", "/v1/transfers", pair.transfer(amountMinor));
    // An offset that is stored now may also be the one behind what funded her.
    Met fault = meet(row);

    Answer posted = client.settle();
    fault.await();

    assertThat(posted.status()).as(posted.body()).isEqualTo(201);
    await().atMost(SOON).until(() -> pair.largestPaidMinor() == amountMinor);
    return pair.moved(posted.text("id"), amountMinor, client);
  }

  private static Found whatPassedUnscreenedIsAssessed(Row row) throws Exception {
    Pair pair = new Pair(100_000);
    pair.awaitLearned();
    long amountMinor = UNSCREENED_MINOR + RANDOM.nextInt(100);
    Client client = new Client("carol", "/v1/transfers", pair.transfer(amountMinor));
    // Armed before fraud screening is frozen, and it hears of the transfer when it wakes.
    Met fault = meet(row);

    String id = passesUnscreened(client);
    fault.await();

    awaitReview(id);
    assertThat(pair.reservedMinor()).as("once").isEqualTo(amountMinor);
    return pair.moved(id, amountMinor, client);
  }

  private static Found somebodyLooksAtWhatPassed(Row row) throws Exception {
    Pair pair = new Pair(100_000);
    long amountMinor = UNSCREENED_MINOR + RANDOM.nextInt(100);
    Client client = new Client("carol", "/v1/transfers", pair.transfer(amountMinor));
    String id = passesUnscreened(client);
    awaitReview(id);
    Client deciding =
        new Client(
            stack().url(Service.FRAUD),
            "operator",
            "/reviews/" + id,
            "{\"decision\":\"CLEARED\",\"note\":\"looked at\",\"decidedBy\":\"erin\"}");
    Met fault = meet(row);

    Answer decided = deciding.settle();
    fault.await();

    assertThat(deciding.settle().body()).isEqualTo(decided.body());
    assertThat(ofTransfer("fraud", "SELECT count(*) FROM review_decision", id)).isEqualTo(1);
    Found found = pair.moved(id, amountMinor, client);
    return new Found(found.id(), found.finalState(), deciding);
  }

  private static String passesUnscreened(Client client) throws IOException {
    stack().suspend(Service.FRAUD);
    try {
      Answer passed = client.settle();
      assertThat(passed.text("screening")).as(passed.body()).isEqualTo("SKIPPED");
      return passed.text("id");
    } finally {
      stack().resume(Service.FRAUD);
    }
  }

  /// Until the transfer is on fraud screening's list, with a verdict.
  private static void awaitReview(String transfer) {
    await()
        .atMost(SOON)
        .until(
            () ->
                ofTransfer(
                        "fraud",
                        "SELECT count(*) FROM review JOIN assessment USING (transfer_id)",
                        transfer)
                    == 1);
  }

  private static long ofTransfer(String database, String select, String transfer) {
    return number(database, select + " WHERE transfer_id = ?", UUID.fromString(transfer));
  }

  private static Found anAccountIsOpened(Row row) throws Exception {
    String name = "Crash " + UUID.randomUUID();
    Client client =
        new Client(
            "operator",
            "/v1/accounts",
            "{\"name\":\"%s\",\"currency\":\"EUR\",\"owner\":\"carol\"}".formatted(name));
    Met fault = meet(row);

    Answer opened = client.settle();
    fault.await();

    client.replays(opened);
    assertThat(number("ledger", "SELECT count(*) FROM account WHERE name = ?", name)).isEqualTo(1);
    String id = opened.text("id");
    awaitOpenedInFeed(id, "carol");
    return new Found(id, account(id).path("status").asString(), client);
  }

  /// The limit is taken back, and the same request comes once more: it is not given again.
  private static Found anAccountIsGivenALimit(Row row) throws Exception {
    String id = Stack.account("carol", 1_000);
    String path = "/v1/accounts/" + id + "/overdraft";
    Client giving = new Client("operator", path, "{\"limitMinor\":100000}");
    Met fault = meet(row);

    Answer given = giving.settle();
    fault.await();

    assertThat(given.status()).as(given.body()).isEqualTo(200);
    Answer taken = new Client("operator", path, "{\"limitMinor\":0}").settle();
    assertThat(taken.status()).as(taken.body()).isEqualTo(200);
    giving.replays(given);
    assertThat(account(id).get("floorMinor").asLong()).isZero();
    assertThat(ofAccount("SELECT count(*) FROM account_change", id)).isEqualTo(2);
    return new Found(id, account(id).path("status").asString(), giving);
  }

  private static Found anAccountWithMoneyIsNotClosed(Row row) throws Exception {
    String id = Stack.account("carol", 1_000);
    Client closing = new Client("carol", "/v1/accounts/" + id + "/close", "{}");
    Met fault = meet(row);

    Answer refused = closing.settle();
    fault.await();

    assertThat(refused.text("code")).as(refused.body()).isEqualTo("account-not-empty");
    closing.replays(refused);
    assertThat(ofAccount("SELECT count(*) FROM account_change", id)).isZero();
    assertThat(ofAccount("SELECT count(*) FROM command", id)).isEqualTo(1);
    return new Found(id, account(id).path("status").asString(), closing);
  }

  private static long ofAccount(String select, String account) {
    return number("ledger", select + " WHERE account_id = ?", UUID.fromString(account));
  }

  private static long amountMinor() {
    return SCREENED_MINOR + RANDOM.nextInt(1_000);
  }

  private static Client change(Answer transfer, String change, String body) {
    return new Client("carol", "/v1/transfers/" + transfer.text("id") + "/" + change, body);
  }

  private static void awaitReleased(String transfer) {
    await()
        .atMost(SOON)
        .until(
            () -> ofTransfer("fraud", "SELECT count(released_at) FROM assessment", transfer) == 1);
  }

  /// A ledger that runs with another one is started anew; the rows that need it are neighbours.
  private static void captureWithin(String duration) throws IOException {
    if (!duration.equals(captureWithin)) {
      captureWithin = duration;
      stack().with(Service.LEDGER, Map.of("CAPTURE_WITHIN", duration));
      stack().stop(Service.LEDGER);
      stack().start(Service.LEDGER);
      stack().awaitReady(Service.LEDGER);
    }
  }

  /// Carol's account with the money and bob's without any; what has happened to open them has come
  /// to its end everywhere.
  private static final class Pair {
    private final String carol;
    private final String bob;
    private final long fundedMinor;

    Pair(long fundedMinor) {
      this.fundedMinor = fundedMinor;
      this.carol = Stack.account("carol", fundedMinor);
      this.bob = Stack.account("bob", 0);
      awaitFeed(carol, "carol", 1);
      awaitOpenedInFeed(bob, "bob");
    }

    /// Fraud screening has heard where carol's money came from, and of nothing else.
    void awaitLearned() {
      await().atMost(SOON).until(() -> paidMinor(EXTERNAL_EUR, carol) == fundedMinor);
    }

    long largestPaidMinor() {
      return paidMinor(carol, bob);
    }

    private static long paidMinor(String debit, String credit) {
      return number(
          "fraud",
          "SELECT coalesce(max(largest_minor), 0) FROM payee"
              + " WHERE debit_account_id = ? AND credit_account_id = ?",
          UUID.fromString(debit),
          UUID.fromString(credit));
    }

    long reservedMinor() {
      return number(
          "fraud",
          "SELECT coalesce(sum(reserved_minor), 0) FROM velocity_counter WHERE debit_account_id = ?",
          UUID.fromString(carol));
    }

    String transfer(long amountMinor) {
      return body(carol, bob, amountMinor);
    }

    String authorization(long amountMinor) {
      return transfer(amountMinor).replace("}", ",\"capture\":\"MANUAL\"}");
    }

    /// The transfer is there once and posted, and everybody says the same of it.
    Found moved(String id, long amountMinor, Client client) {
      client.replaysItsEnd();
      assertThat(statusOf(id)).isEqualTo("POSTED");
      assertThat(transfersOn(carol)).isEqualTo(1);
      assertThat(balanceMinor(carol)).isEqualTo(fundedMinor - amountMinor);
      assertThat(balanceMinor(bob)).isEqualTo(amountMinor);
      assertThat(account(carol).get("heldMinor").asLong()).isZero();
      awaitFeed(carol, "carol", 2);
      awaitFeed(bob, "bob", 1);
      return new Found(id, "POSTED", client);
    }

    /// The transfer is there once, is final, and has moved nothing.
    Found unmoved(String id, String status, Client client) {
      client.replaysItsEnd();
      assertThat(statusOf(id)).isEqualTo(status);
      assertThat(transfersOn(carol)).isEqualTo(1);
      assertThat(balanceMinor(carol)).isEqualTo(fundedMinor);
      assertThat(balanceMinor(bob)).isZero();
      assertThat(account(carol).get("heldMinor").asLong()).isZero();
      awaitFeed(carol, "carol", 1);
      assertThat(feed(bob, "bob")).isEmpty();
      return new Found(id, status, client);
    }

    private static String statusOf(String id) {
      return get("/v1/transfers/" + id, "carol").text("status");
    }
  }

  /// One request under one key, asked again until it is final.
  private static final class Client {
    private final URI at;
    private final String who;
    private final String path;
    private final String body;
    private final String key = key();
    private final List<String> saw = new ArrayList<>();
    private Answer last = new Answer(0, "not asked", false);

    Client(String who, String path, String body) {
      this(stack().url(Service.GATEWAY), who, path, body);
    }

    /// @param at another service than the gateway
    Client(URI at, String who, String path, String body) {
      this.at = at;
      this.who = who;
      this.path = path;
      this.body = body;
    }

    Answer ask() {
      last = post(at, path, who, key, body);
      String seen = describe(last);
      if (saw.isEmpty() || !saw.getLast().equals(seen)) {
        saw.add(seen);
      }
      return last;
    }

    Answer settle() {
      return await()
          .atMost(SOON)
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(200))
          .until(this::ask, Client::isFinal);
    }

    /// The key says for ever what it said.
    void replays(Answer said) {
      Answer again =
          await()
              .atMost(SOON)
              .pollDelay(Duration.ZERO)
              .pollInterval(Duration.ofMillis(200))
              .until(() -> post(at, path, who, key, body), Client::isFinal);
      assertThat(again.status()).isEqualTo(said.status());
      assertThat(again.body()).isEqualTo(said.body());
      assertThat(again.isReplayed()).isTrue();
    }

    void replaysItsEnd() {
      replays(last);
    }

    String saw() {
      return String.join(", ", saw);
    }

    private static boolean isFinal(Answer answer) {
      return answer.status() == 200 || answer.isFinal();
    }

    private static String describe(Answer answer) {
      return answer.status() == 0
          ? "no answer"
          : answer.status()
              + " "
              + (answer.text("code").isEmpty() ? answer.text("status") : answer.text("code"));
    }
  }

  private static Met meet(Row row) throws IOException {
    Service service = Service.named(row.point().failpoint().service()).orElseThrow();
    ProcessHandle process = stack().process(service);
    Arming.arm(process, row.point(), row.kind().fault());
    return new Met(row, service, process, thaw(row, service, process));
  }

  /// A fault that was asked for.
  private record Met(Row row, Service service, ProcessHandle process, Thread thawing) {
    /// Until it has happened, and what has died is back.
    void await() throws InterruptedException {
      if (row.kind() == Kind.KILL) {
        assertThat(Processes.exitsWithin(process, SOON)).as(row + " was passed").isTrue();
        org.awaitility.Awaitility.await().atMost(SOON).until(() -> stack().isRunning(service));
        stack().awaitReady(service);
      } else {
        assertThat(thawing.join(SOON.plus(CUT_OFF))).as(row + " was passed").isTrue();
      }
    }
  }

  /// Who sleeps is woken when its lease is over; who is cut off, at once.
  private static Thread thaw(Row row, Service service, ProcessHandle process) {
    if (row.kind() == Kind.KILL) {
      return Thread.currentThread();
    }
    return Thread.ofVirtual()
        .start(
            () -> {
              await()
                  .atMost(SOON)
                  .pollInterval(Duration.ofMillis(20))
                  .until(() -> isFrozen(process));
              try {
                if (row.kind() == Kind.BLACKHOLE) {
                  toDatabase.blackHole();
                  stack().resume(service);
                  assertThat(Processes.exitsWithin(process, CUT_OFF)).isFalse();
                  toDatabase.heal();
                } else {
                  assertThat(Processes.exitsWithin(process, ASLEEP)).isFalse();
                  stack().resume(service);
                }
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
  }

  static boolean isFrozen(ProcessHandle process) throws IOException {
    return Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"))
        .contains(") T ");
  }
}
