package dev.payledger.system.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.payledger.failpoints.Failpoint;
import dev.payledger.failpoints.Position;
import dev.payledger.stack.Service;
import dev.payledger.system.GeneratedPages;
import dev.payledger.system.Stack;
import dev.payledger.system.crash.CrashMatrix.Found;
import dev.payledger.system.crash.CrashMatrix.Result;
import dev.payledger.system.crash.CrashMatrix.Row;
import dev.payledger.system.crash.FaultInjector.InjectedFault;
import dev.payledger.testkit.Seed;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every commit of a transfer's life with a fault before it, after it, and after its answer: the
/// process ends, or is frozen past its lease, and the client repeats the request under its key.
/// Afterwards one transfer is final and the books are right. `-Pfaults` runs all rows, `-Drow=` one
/// of them.
///
/// Read this first, then `CrashMatrix` for the rows and `FaultInjector` for the faults.
@Tag("faults")
class CrashMatrixIT extends Stack {
  /// More than may pass unscreened, and less than what fraud screening declines.
  private static final long SCREENED_MINOR = 50_000;

  /// So little may: all of these payments together stay within the allowance of carol, whom no
  /// other test of faults lets pay.
  private static final long UNSCREENED_MINOR = 200;

  private static final long SUSPICIOUS_MINOR = 1_000_001;

  private static final Seed SEED = Seed.next();
  private static final RandomGenerator RANDOM = SEED.random();
  private static final String COMMIT = GeneratedPages.commit();
  private static final List<Result> RESULTS = new ArrayList<>();

  private static FaultInjector faults;

  static List<Row> rows() {
    return CrashMatrix.asked();
  }

  @BeforeAll
  static void startInjector() throws IOException {
    faults = FaultInjector.start();
  }

  @AfterAll
  static void writeResults() throws IOException {
    faults.close();
    CrashMatrix.write(Path.of("target"), RESULTS);
    // A run that was stopped, or found something, changes nothing.
    if (RESULTS.stream().map(Result::row).toList().equals(names(rows()))
        && RESULTS.stream().allMatch(Result::booksRight)) {
      CrashMatrix.write(
          GeneratedPages.FOLDER,
          CrashMatrix.updated(CrashMatrix.read(GeneratedPages.FOLDER), RESULTS));
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
      startStoppedServices();
      checkBooks();
      isRight = true;
    } finally {
      RESULTS.add(
          new Result(
              row.point().failpoint().title(),
              row.point().position().toString(),
              row.kind().toString(),
              SEED.value(),
              found == null ? "-" : found.id(),
              found == null ? "-" : found.client().seen(),
              found == null ? "-" : found.finalState(),
              isRight,
              COMMIT));
    }
  }

  private static Found find(Row row) throws Exception {
    faults.captureWithin(
        row.point().failpoint() == Failpoint.EXPIRED ? "3s" : FaultInjector.CAPTURE_WITHIN);
    return switch (row.point().failpoint()) {
      case ACCOUNT_OPENED -> anAccountIsOpened(row);
      case ACCOUNT_CHANGED -> anAccountIsGivenALimit(row);
      case ACCOUNT_CHANGE_REJECTED -> anAccountWithMoneyIsNotClosed(row);
      case BATCH_OPENED -> aBatchIsTaken(row);
      case REJECTED -> aTransferWithoutFundsIsRejected(row);
      case COMPENSATION_STARTED, RELEASED, VOIDED -> aSuspiciousTransferIsCompensated(row);
      case SAGA_RELEASED, SAGA_CLAIMED, KEY_RELEASED -> aTransferWaitsForScreening(row);
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
    AccountPair pair = AccountPair.open(100_000);
    long amountMinor = amountMinor();
    CrashClient client = new CrashClient("carol", "/v1/transfers", pair.transfer(amountMinor));
    InjectedFault fault = faults.inject(row);

    Answer posted = client.settle();
    fault.await();

    assertThat(posted.status()).as(posted.body()).isEqualTo(201);
    return pair.moved(posted.text("id"), amountMinor, client);
  }

  /// Its items are fixed before the first is taken: with one more under the same key it is another
  /// batch.
  private static Found aBatchIsTaken(Row row) throws Exception {
    AccountPair pair = AccountPair.open(100_000);
    String item = pair.transfer(1_000);
    CrashClient client =
        new CrashClient("carol", "/v1/transfer-batches", "{\"items\":[%1$s,%1$s]}".formatted(item));
    InjectedFault fault = faults.inject(row);

    Answer done = client.settle();
    fault.await();

    assertThat(done.status()).as(done.body()).isEqualTo(200);
    client.replays(done);
    Answer other =
        post(
            stack().url(Service.GATEWAY),
            "/v1/transfer-batches",
            "carol",
            client.key(),
            "{\"items\":[%1$s,%1$s,%1$s]}".formatted(item));
    assertThat(other.text("code")).isEqualTo("idempotency-key-reused");
    assertThat(transfersOn(pair.carol())).isEqualTo(2);
    assertThat(balanceMinor(pair.bob())).isEqualTo(2_000);
    String first = done.json().at("/items/0/transfer/id").asString();
    return new Found(first, "POSTED", client);
  }

  private static Found aTransferWithoutFundsIsRejected(Row row) throws Exception {
    AccountPair pair = AccountPair.open(1_000);
    CrashClient client = new CrashClient("carol", "/v1/transfers", pair.transfer(amountMinor()));
    InjectedFault fault = faults.inject(row);

    Answer rejected = client.settle();
    fault.await();

    assertThat(rejected.text("code")).as(rejected.body()).isEqualTo("insufficient-funds");
    return pair.unmoved(rejected.text("transferId"), "REJECTED", client);
  }

  private static Found aSuspiciousTransferIsCompensated(Row row) throws Exception {
    AccountPair pair = AccountPair.open(3_000_000);
    CrashClient client =
        new CrashClient(
            "carol", "/v1/transfers", pair.transfer(SUSPICIOUS_MINOR + RANDOM.nextInt(1_000)));
    InjectedFault fault = faults.inject(row);

    Answer declined = client.settle();
    fault.await();

    assertThat(declined.text("code")).as(declined.body()).isEqualTo("fraud-declined");
    FraudDatabase.awaitReleased(declined.text("transferId"));
    return pair.unmoved(declined.text("transferId"), "REJECTED", client);
  }

  private static Found aTransferWaitsForScreening(Row row) throws Exception {
    AccountPair pair = AccountPair.open(100_000);
    long amountMinor = amountMinor();
    CrashClient client = new CrashClient("carol", "/v1/transfers", pair.transfer(amountMinor));
    stack().suspend(Service.FRAUD);
    try {
      InjectedFault fault = faults.inject(row);
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
    AccountPair pair = AccountPair.open(100_000);
    long amountMinor = amountMinor();
    CrashClient authorizing =
        new CrashClient("carol", "/v1/transfers", pair.authorization(amountMinor));
    return switch (row.point().failpoint()) {
      case AUTHORIZED -> {
        InjectedFault fault = faults.inject(row);
        Answer held = authorizing.settle();
        fault.await();
        assertThat(held.text("status")).as(held.body()).isEqualTo("HELD");
        authorizing.replays(held);
        CrashClient capturing = change(held, "capture", "{}");
        assertThat(capturing.settle().text("status")).isEqualTo("POSTED");
        yield pair.moved(held.text("id"), amountMinor, authorizing);
      }
      case CAPTURED -> {
        Answer held = authorizing.settle();
        CrashClient capturing = change(held, "capture", "{}");
        InjectedFault fault = faults.inject(row);
        Answer captured = capturing.settle();
        fault.await();
        assertThat(captured.text("status")).as(captured.body()).isEqualTo("POSTED");
        yield pair.moved(held.text("id"), amountMinor, capturing);
      }
      default -> {
        Answer held = authorizing.settle();
        CrashClient tooMuch =
            change(held, "capture", "{\"amountMinor\":%d}".formatted(amountMinor + 1));
        InjectedFault fault = faults.inject(row);
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
    AccountPair pair = AccountPair.open(100_000);
    Answer held =
        new CrashClient("carol", "/v1/transfers", pair.authorization(amountMinor())).settle();
    CrashClient voiding = change(held, "void", "{}");
    InjectedFault fault = faults.inject(row);

    Answer voided = voiding.settle();
    fault.await();

    assertThat(voided.text("status")).as(voided.body()).isEqualTo("VOIDED");
    return pair.unmoved(held.text("id"), "VOIDED", voiding);
  }

  private static Found anAuthorizationExpires(Row row) throws Exception {
    AccountPair pair = AccountPair.open(100_000);
    CrashClient client =
        new CrashClient("carol", "/v1/transfers", pair.authorization(amountMinor()));
    InjectedFault fault = faults.inject(row);
    Answer held = client.settle();
    fault.await();
    String id = held.text("id");
    await()
        .atMost(SOON)
        .until(() -> get("/v1/transfers/" + id, "carol").text("status").equals("EXPIRED"));
    return pair.unmoved(id, "EXPIRED", client);
  }

  private static Found aPendingTransferIsVoided(Row row) throws Exception {
    AccountPair pair = AccountPair.open(100_000);
    CrashClient client = new CrashClient("carol", "/v1/transfers", pair.transfer(amountMinor()));
    InjectedFault fault;
    CrashClient voiding;
    stack().suspend(Service.FRAUD);
    try {
      Answer pending = client.ask();
      assertThat(pending.text("status")).as(pending.body()).isEqualTo("PENDING");
      voiding = change(pending, "void", "{}");
      fault = faults.inject(row);
      Answer voided = voiding.settle();
      assertThat(voided.text("status")).as(voided.body()).isEqualTo("VOIDED");
    } finally {
      stack().resume(Service.FRAUD);
    }
    fault.await();

    Answer ended = client.settle();
    assertThat(ended.status()).as(ended.body()).isEqualTo(422);
    FraudDatabase.awaitReleased(ended.text("transferId"));
    return pair.unmoved(ended.text("transferId"), "VOIDED", voiding);
  }

  private static Found aPostedTransferCannotBeVoided(Row row) throws Exception {
    AccountPair pair = AccountPair.open(100_000);
    long amountMinor = amountMinor();
    Answer posted = new CrashClient("carol", "/v1/transfers", pair.transfer(amountMinor)).settle();
    CrashClient voiding = change(posted, "void", "{}");
    InjectedFault fault = faults.inject(row);

    Answer refused = voiding.settle();
    fault.await();

    assertThat(refused.status()).as(refused.body()).isEqualTo(422);
    return pair.moved(posted.text("id"), amountMinor, voiding);
  }

  private static Found anOperatorDecides(Row row) throws Exception {
    AccountPair pair = AccountPair.open(100_000);
    long amountMinor = amountMinor();
    CrashClient client = new CrashClient("carol", "/v1/transfers", pair.transfer(amountMinor));
    CrashClient deciding;
    stack().suspend(Service.FRAUD);
    try {
      Answer pending = client.ask();
      assertThat(pending.text("status")).as(pending.body()).isEqualTo("PENDING");
      deciding =
          new CrashClient(
              "operator",
              "/v1/operator/held-transfers/" + pending.text("id") + "/review",
              "{\"decision\":\"APPROVE\",\"reason\":\"looked at\"}");
      InjectedFault fault = faults.inject(row);
      Answer decided = deciding.settle();
      fault.await();
      assertThat(decided.text("status")).as(decided.body()).isEqualTo("POSTED");
    } finally {
      stack().resume(Service.FRAUD);
    }

    String id = client.settle().text("id");
    assertThat(
            number(
                "ledger",
                "SELECT count(*) FROM review_decision WHERE transfer_id = ?",
                UUID.fromString(id)))
        .isEqualTo(1);
    return pair.moved(id, amountMinor, deciding);
  }

  private static Found whatWasPaidIsLearned(Row row) throws Exception {
    AccountPair pair = AccountPair.open(100_000);
    pair.awaitLearned();
    long amountMinor = amountMinor();
    CrashClient client = new CrashClient("carol", "/v1/transfers", pair.transfer(amountMinor));
    // An offset that is stored now may also be the one behind what funded her.
    InjectedFault fault = faults.inject(row);

    Answer posted = client.settle();
    fault.await();

    assertThat(posted.status()).as(posted.body()).isEqualTo(201);
    await()
        .atMost(SOON)
        .until(() -> FraudDatabase.largestPaidMinor(pair.carol(), pair.bob()) == amountMinor);
    return pair.moved(posted.text("id"), amountMinor, client);
  }

  private static Found whatPassedUnscreenedIsAssessed(Row row) throws Exception {
    AccountPair pair = AccountPair.open(100_000);
    pair.awaitLearned();
    long amountMinor = UNSCREENED_MINOR + RANDOM.nextInt(100);
    CrashClient client = new CrashClient("carol", "/v1/transfers", pair.transfer(amountMinor));
    // Armed before fraud-service is frozen; fraud-service receives the transfer when it continues.
    InjectedFault fault = faults.inject(row);

    String id = passesUnscreened(client);
    fault.await();

    FraudDatabase.awaitReview(id);
    assertThat(FraudDatabase.reservedMinor(pair.carol())).as("once").isEqualTo(amountMinor);
    return pair.moved(id, amountMinor, client);
  }

  private static Found somebodyLooksAtWhatPassed(Row row) throws Exception {
    AccountPair pair = AccountPair.open(100_000);
    long amountMinor = UNSCREENED_MINOR + RANDOM.nextInt(100);
    CrashClient client = new CrashClient("carol", "/v1/transfers", pair.transfer(amountMinor));
    String id = passesUnscreened(client);
    FraudDatabase.awaitReview(id);
    CrashClient deciding =
        new CrashClient(
            stack().url(Service.FRAUD),
            "operator",
            "/reviews/" + id,
            "{\"decision\":\"CLEARED\",\"note\":\"looked at\",\"decidedBy\":\"erin\"}");
    InjectedFault fault = faults.inject(row);

    Answer decided = deciding.settle();
    fault.await();

    assertThat(deciding.settle().body()).isEqualTo(decided.body());
    assertThat(FraudDatabase.reviewDecisions(id)).isEqualTo(1);
    Found found = pair.moved(id, amountMinor, client);
    return new Found(found.id(), found.finalState(), deciding);
  }

  private static String passesUnscreened(CrashClient client) throws IOException {
    stack().suspend(Service.FRAUD);
    try {
      Answer passed = client.settle();
      assertThat(passed.text("screening")).as(passed.body()).isEqualTo("SKIPPED");
      return passed.text("id");
    } finally {
      stack().resume(Service.FRAUD);
    }
  }

  private static Found anAccountIsOpened(Row row) throws Exception {
    String name = "Crash " + UUID.randomUUID();
    CrashClient client =
        new CrashClient(
            "operator",
            "/v1/accounts",
            "{\"name\":\"%s\",\"currency\":\"EUR\",\"owner\":\"carol\"}".formatted(name));
    InjectedFault fault = faults.inject(row);

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
    CrashClient giving = new CrashClient("operator", path, "{\"limitMinor\":100000}");
    InjectedFault fault = faults.inject(row);

    Answer given = giving.settle();
    fault.await();

    assertThat(given.status()).as(given.body()).isEqualTo(200);
    Answer taken = new CrashClient("operator", path, "{\"limitMinor\":0}").settle();
    assertThat(taken.status()).as(taken.body()).isEqualTo(200);
    giving.replays(given);
    assertThat(account(id).get("floorMinor").asLong()).isZero();
    assertThat(ofAccount("SELECT count(*) FROM account_change", id)).isEqualTo(2);
    return new Found(id, account(id).path("status").asString(), giving);
  }

  private static Found anAccountWithMoneyIsNotClosed(Row row) throws Exception {
    String id = Stack.account("carol", 1_000);
    CrashClient closing = new CrashClient("carol", "/v1/accounts/" + id + "/close", "{}");
    InjectedFault fault = faults.inject(row);

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

  private static CrashClient change(Answer transfer, String change, String body) {
    return new CrashClient("carol", "/v1/transfers/" + transfer.text("id") + "/" + change, body);
  }
}
