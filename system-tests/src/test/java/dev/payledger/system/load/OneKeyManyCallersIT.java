package dev.payledger.system.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.payledger.failpoints.Arming;
import dev.payledger.failpoints.CrashPoint;
import dev.payledger.failpoints.Failpoint;
import dev.payledger.failpoints.Fault;
import dev.payledger.failpoints.Position;
import dev.payledger.stack.LocalStack;
import dev.payledger.stack.Service;
import dev.payledger.stack.server.Processes;
import dev.payledger.system.Stack;
import dev.payledger.system.load.WireClient.Reply;
import dev.payledger.testkit.Faults;
import java.io.IOException;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// One key from many callers at once through two gateways on one database, one of which dies; and a
/// gateway database that forgets. However it comes, the key makes one transfer. Of faults 200 keys,
/// or `-Dkeys=`.
class OneKeyManyCallersIT extends Stack {
  private static final int CALLERS = 256;
  private static final long AMOUNT_MINOR = 10;

  /// More than may pass unscreened.
  private static final long SCREENED_MINOR = 5_001;

  /// Longer than a gateway works for a request.
  private static final Duration ANSWER_BOUND = Duration.ofSeconds(15);

  /// Longer than the lease of a key.
  private static final Duration ASLEEP = Duration.ofSeconds(6);

  private static LocalStack second;
  private static List<URI> doors;

  @BeforeAll
  static void aSecondDoor() throws IOException {
    second = besideTheFirst().with(Service.GATEWAY, NO_RATE_LIMITS);
    second.start(Service.GATEWAY);
    liftRateLimits();
    second.awaitReady(Service.GATEWAY);
    doors = List.of(stack().url(Service.GATEWAY), second.url(Service.GATEWAY));
  }

  @AfterAll
  static void oneDoor() throws IOException {
    second.close();
    restoreRateLimits();
  }

  @Test
  void twentyKeysOf256CallersEachMakeTwentyTransfers() throws Exception {
    oneTransferPerKeyAndOneAnswerForAll(20);
  }

  @Test
  @Faults
  void keysOf256CallersEachMakeOneTransferPerKey() throws Exception {
    oneTransferPerKeyAndOneAnswerForAll(Integer.getInteger("keys", 200));
  }

  private static void oneTransferPerKeyAndOneAnswerForAll(int keys) throws Exception {
    String alice = account("alice", 100_000);
    String bob = account("bob", 0);
    List<byte[]> requests = new ArrayList<>();
    List<Reply> ends = new ArrayList<>();
    int replayedToAll = 0;
    int unansweredBefore = 0;

    try (WireClient first = new WireClient(doors.getFirst(), ANSWER_BOUND);
        WireClient other = new WireClient(doors.getLast(), ANSWER_BOUND);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      ManyCallers callers = new ManyCallers(List.of(first, other));
      Future<?> back = null;
      for (int key = 0; key < keys; key++) {
        byte[] request =
            WireClient.post(
                "/v1/transfers",
                token("alice"),
                body(alice, bob, AMOUNT_MINOR),
                "Idempotency-Key: " + key());
        requests.add(request);
        List<Future<Reply>> asking = new ArrayList<>();
        for (int caller = 0; caller < CALLERS; caller += 2) {
          asking.add(threads.submit(() -> callers.ask(request, 1)));
        }
        if (key == keys / 2) {
          // Nobody is at the other door yet: whoever has the claim dies with it.
          await().pollInterval(Duration.ofMillis(1)).until(() -> callers.inFlight() >= CALLERS / 8);
          unansweredBefore = callers.unanswered();
          second.kill(Service.GATEWAY);
          back = threads.submit(OneKeyManyCallersIT::startTheSecondAgain);
        }
        for (int caller = 1; caller < CALLERS; caller += 2) {
          asking.add(threads.submit(() -> callers.ask(request, 0)));
        }
        List<Reply> replies = new ArrayList<>();
        for (Future<Reply> one : asking) {
          replies.add(one.get());
        }
        ends.add(theOneEndOf(replies));
        replayedToAll += replies.stream().allMatch(OneKeyManyCallersIT::isReplayed) ? 1 : 0;
        if (key == keys / 2) {
          assertThat(callers.unanswered())
              .as("the kill came in flight")
              .isGreaterThan(unansweredBefore);
        }
      }
      back.get();
      for (int key = 0; key < keys; key++) {
        for (WireClient door : List.of(first, other)) {
          Reply again = new ManyCallers(List.of(door)).ask(requests.get(key), 0);
          assertThat(isReplayed(again)).isTrue();
          assertThat(theOneEndOf(List.of(ends.get(key), again))).isNotNull();
        }
      }
      System.out.println(
          "%d keys, %d callers each: %s; %d answers were heard by nobody first hand"
              .formatted(keys, CALLERS, callers, replayedToAll));
    }

    Set<String> ids = new HashSet<>();
    ends.forEach(end -> ids.add(end.header("location")));
    assertThat(ids).hasSize(keys);
    assertThat(transfersOn(alice)).isEqualTo(keys);
    assertThat(balanceMinor(alice)).isEqualTo(100_000 - keys * AMOUNT_MINOR);
    assertThat(balanceMinor(bob)).isEqualTo(keys * AMOUNT_MINOR);
    assertThat(account(alice).get("heldMinor").asLong()).isZero();
    awaitFeed(bob, "bob", keys);
  }

  /// All of them are the same to the byte, and at most one is not a replay.
  private static Reply theOneEndOf(List<Reply> replies) {
    record Told(int status, String contentType, String location, String body) {}
    Set<Told> told = new HashSet<>();
    replies.forEach(
        reply ->
            told.add(
                new Told(
                    reply.status(),
                    reply.header("content-type"),
                    reply.header("location"),
                    reply.body())));
    assertThat(told).hasSize(1);
    assertThat(told.iterator().next().status()).as(told + "").isEqualTo(201);
    assertThat(replies.stream().filter(reply -> !isReplayed(reply)).count()).isLessThanOrEqualTo(1);
    return replies.getFirst();
  }

  private static boolean isReplayed(Reply reply) {
    return reply.header("idempotency-replayed").equals("true");
  }

  private static Void startTheSecondAgain() throws IOException {
    second.start(Service.GATEWAY);
    second.awaitReady(Service.GATEWAY);
    return null;
  }

  /// The ledger is the memory that lasts: it tells the same transfer, and its bytes are the same as
  /// long as the transfer is.
  @Test
  void databaseWipedAfterAnswerLosesNoTransfer() throws Exception {
    String alice = account("alice", 100_000);
    String bob = account("bob", 0);
    String key = key();
    Answer first = settleTransfer("alice", key, alice, bob, 1_000);
    assertThat(first.status()).as(first.body()).isEqualTo(201);
    forgetEverything();

    Answer told = settleTransfer("alice", key, alice, bob, 1_000);
    assertThat(told.status()).isEqualTo(201);
    assertThat(told.isReplayed()).as("asked of the ledger").isFalse();
    assertThat(told.body()).isEqualTo(first.body());
    Answer replayed = settleTransfer("alice", key, alice, bob, 1_000);
    assertThat(replayed.isReplayed()).isTrue();
    assertThat(replayed.body()).isEqualTo(first.body());

    forgetEverything();
    Answer other = settleTransfer("alice", key, alice, bob, 1_001);
    assertThat(other.status()).as("the ledger knows what the key was for").isEqualTo(422);
    assertThat(other.text("code")).isEqualTo("idempotency-key-reused");

    settle("/v1/transfers/" + first.text("id") + "/reversals", "bob", key(), "{\"amountMinor\":1}");
    forgetEverything();
    Answer later = settleTransfer("alice", key, alice, bob, 1_000);
    assertThat(later.status()).isEqualTo(201);
    assertThat(later.text("id")).isEqualTo(first.text("id"));
    assertThat(later.json().get("reversedMinor").asLong()).as("as it is now").isEqualTo(1);
    assertThat(transfersOn(alice)).isEqualTo(1);
    assertThat(balanceMinor(bob)).isEqualTo(999);
  }

  @Test
  void rejectionStaysFinalAfterItsAnswerIsLost() throws Exception {
    String alice = account("alice", 100);
    String bob = account("bob", 0);
    String key = key();
    Answer rejected = settleTransfer("alice", key, alice, bob, 1_000);
    assertThat(rejected.text("code")).as(rejected.body()).isEqualTo("insufficient-funds");
    forgetEverything();
    assertThat(settleTransfer("operator", key(), EXTERNAL_EUR, alice, 10_000).status())
        .isEqualTo(201);

    Answer again = settleTransfer("alice", key, alice, bob, 1_000);

    assertThat(again.text("code")).isEqualTo("insufficient-funds");
    assertThat(again.text("transferId")).isEqualTo(rejected.text("transferId"));
    assertThat(balanceMinor(bob)).isZero();
  }

  @Test
  void databaseWipedInFlightGivesBothCallersOneTransfer() throws Exception {
    String alice = account("alice", 100_000);
    String bob = account("bob", 0);
    String key = key();
    Future<Answer> first;
    Answer other;
    // A frozen fraud-service keeps the transfer, and its first caller, in the middle.
    stack().suspend(Service.FRAUD);
    try (ExecutorService caller = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<Answer> call = () -> transfer("alice", key, alice, bob, SCREENED_MINOR);
      first = caller.submit(call);
      await().atMost(SOON).pollInterval(Duration.ofMillis(5)).until(() -> transfersOn(alice) == 1);
      forgetEverything();
      other = postAtTheSecond(key, body(alice, bob, SCREENED_MINOR));
    } finally {
      stack().resume(Service.FRAUD);
    }

    Answer end = settleTransfer("alice", key, alice, bob, SCREENED_MINOR);
    assertThat(end.status()).as(end.body()).isEqualTo(201);
    for (Answer early : List.of(first.get(), other)) {
      assertThat(early.status()).as(early.body()).isIn(201, 202, 409, 503);
      if (!early.text("id").isEmpty()) {
        assertThat(early.text("id")).isEqualTo(end.text("id"));
      }
    }
    assertThat(transfersOn(alice)).isEqualTo(1);
    assertThat(balanceMinor(bob)).isEqualTo(SCREENED_MINOR);
  }

  /// The ledger has answered, and the gateway dies, or sleeps past its lease, with the answer in
  /// its hands.
  @ParameterizedTest
  @EnumSource(Fault.class)
  void databaseWipedBeforeGatewayAnswersMakesOneTransfer(Fault fault) throws Exception {
    String alice = account("alice", 100_000);
    String bob = account("bob", 0);
    String key = key();
    String body = body(alice, bob, 1_000);
    ProcessHandle gateway = second.process(Service.GATEWAY);
    Arming.arm(gateway, new CrashPoint(Failpoint.ANSWER_STORED, Position.BEFORE), fault);
    try (ExecutorService caller = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<Answer> call = () -> postAtTheSecond(key, body);
      Future<Answer> first = caller.submit(call);
      await()
          .atMost(SOON)
          .until(
              () ->
                  number(
                          "ledger",
                          "SELECT count(*) FROM transfer"
                              + " WHERE debit_account_id = ?::uuid AND status = 'POSTED'",
                          alice)
                      == 1);
      if (fault == Fault.KILL) {
        assertThat(Processes.exitsWithin(gateway, SOON)).isTrue();
      } else {
        await().atMost(SOON).until(() -> isFrozen(gateway));
      }
      forgetEverything();

      Answer told = settleTransfer("alice", key, alice, bob, 1_000);
      assertThat(told.status()).as(told.body()).isEqualTo(201);
      if (fault == Fault.KILL) {
        assertThat(first.get().status()).isZero();
        startTheSecondAgain();
      } else {
        assertThat(Processes.exitsWithin(gateway, ASLEEP)).isFalse();
        second.resume(Service.GATEWAY);
        // Fenced: it says what the key says.
        assertThat(first.get().body()).isEqualTo(told.body());
      }
      Answer replayed = postAtTheSecond(key, body);
      assertThat(replayed.isReplayed()).isTrue();
      assertThat(replayed.body()).isEqualTo(told.body());
    }
    assertThat(transfersOn(alice)).isEqualTo(1);
    assertThat(balanceMinor(bob)).isEqualTo(1_000);
  }

  private static Answer postAtTheSecond(String key, String body) {
    return post(doors.getLast(), "/v1/transfers", "alice", key, body);
  }

  private static void forgetEverything() throws SQLException {
    try (Connection connection = stack().postgres().superuser("gateway");
        var statement = connection.createStatement()) {
      statement.execute("SET lock_timeout = '5s'");
      statement.execute("TRUNCATE idempotency_key");
    }
  }
}
