package dev.payledger.system.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.payledger.stack.Service;
import dev.payledger.system.Stack;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/// The end of each process in the path of a transfer: `kill -9`, and once SIGTERM.
class KilledServicesIT extends Stack {

  @Test
  void ledgerKilledBetweenHoldAndPostFinishesTransferOnce() throws Exception {
    String alice = account("alice", 100_000);
    String bob = account("bob", 0);
    String key = key();
    // A frozen fraud-service keeps the saga between its two transactions.
    stack().suspend(Service.FRAUD);

    try (ExecutorService caller = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<Answer> call = () -> transfer("alice", key, alice, bob, 50_000);
      Future<Answer> cut = caller.submit(call);
      await().atMost(SOON).pollInterval(Duration.ofMillis(5)).until(() -> liveHolds(alice) == 1);
      stack().kill(Service.LEDGER);
      assertThat(cut.get().isFinal()).as(cut.get().toString()).isFalse();
    } finally {
      stack().resume(Service.FRAUD);
    }
    assertThat(liveHolds(alice)).isEqualTo(1);
    assertThat(entriesOn(alice)).isEqualTo(1);
    stack().start(Service.LEDGER);

    // Nobody asks again: the recovery loop finishes what the row says is next.
    await().atMost(SOON).until(() -> liveHolds(alice) == 0);
    Answer settled = settleTransfer("alice", key, alice, bob, 50_000);
    assertThat(settled.text("status")).isEqualTo("POSTED");
    assertThat(transfersOn(alice)).isEqualTo(1);
    assertThat(balanceMinor(alice)).isEqualTo(50_000);
    assertThat(balanceMinor(bob)).isEqualTo(50_000);
    awaitFeed(bob, "bob", 1);
  }

  @Test
  void relayKilledUnderLoadLosesAndRepeatsNoEvent() throws Exception {
    String alice = account("alice", 100_000);
    String bob = account("bob", 0);

    AtomicBoolean isOver = new AtomicBoolean();
    List<Integer> counts =
        underLoad(
            4,
            caller -> {
              int posted = 0;
              while (!isOver.get() && posted < 2_000) {
                assertThat(settleTransfer("alice", key(), alice, bob, 1).status()).isEqualTo(201);
                posted++;
              }
              return posted;
            },
            () -> {
              for (int kills = 0; kills < 3; kills++) {
                long before = transfersOn(alice);
                await().atMost(SOON).until(() -> transfersOn(alice) > before + 20);
                stack().kill(Service.RELAY);
                stack().start(Service.RELAY);
                stack().awaitReady(Service.RELAY);
              }
              isOver.set(true);
            });
    int transfers = counts.stream().mapToInt(Integer::intValue).sum();
    System.out.println("relay killed three times during " + transfers + " transfers");

    awaitFeed(alice, "alice", 1 + transfers);
    awaitFeed(bob, "bob", transfers);
  }

  @Test
  void gatewayKilledInFlightLeavesOneTransferPerKey() throws Exception {
    String alice = account("alice", 100_000);
    String bob = account("bob", 0);

    record Sent(String key, Answer first) {}
    List<Sent> sent =
        underLoad(
            120,
            i -> {
              String key = key();
              return new Sent(key, transfer("alice", key, alice, bob, 10));
            },
            () -> {
              await()
                  .atMost(SOON)
                  .pollInterval(Duration.ofMillis(2))
                  .until(() -> transfersOn(alice) > 10);
              stack().kill(Service.GATEWAY);
              stack().start(Service.GATEWAY);
            });

    assertThat(sent).as("the kill came in flight").anyMatch(each -> !each.first().isFinal());
    for (Sent each : sent) {
      Answer settled = settleTransfer("alice", each.key(), alice, bob, 10);
      assertThat(settled.status()).as(settled.body()).isEqualTo(201);
      if (each.first().isFinal()) {
        assertThat(settled.body()).isEqualTo(each.first().body());
      }
    }
    assertThat(transfersOn(alice)).isEqualTo(sent.size());
    assertThat(balanceMinor(bob)).isEqualTo(10L * sent.size());
  }

  /// Told to stop (SIGTERM), and not killed.
  @Test
  void stoppingGatewayAnswersEveryRequestThatItStarted() throws Exception {
    String alice = account("alice", 100_000);
    String bob = account("bob", 0);

    record Sent(String key, Answer first) {}
    AtomicBoolean isStopped = new AtomicBoolean();
    List<List<Sent>> byCaller =
        underLoad(
            8,
            caller -> {
              List<Sent> sent = new ArrayList<>();
              boolean isAnswered = true;
              while (isAnswered && !isStopped.get()) {
                String key = key();
                Answer first = transfer("alice", key, alice, bob, 10);
                sent.add(new Sent(key, first));
                isAnswered = first.status() != 0;
              }
              return sent;
            },
            () -> {
              await().atMost(SOON).until(() -> transfersOn(alice) > 20);
              long start = System.nanoTime();
              stack().stop(Service.GATEWAY);
              assertThat(Duration.ofNanos(System.nanoTime() - start))
                  .isLessThan(Duration.ofSeconds(8));
              isStopped.set(true);
            });
    List<Sent> sent = byCaller.stream().flatMap(List::stream).toList();
    assertThat(sent).as("the end came in flight").anyMatch(each -> each.first().status() == 0);
    // On a busy machine screening may take longer than a caller waits: 202.
    assertThat(sent).extracting(each -> each.first().status()).isSubsetOf(201, 202, 0);
    // Whoever had no answer was not begun: there is nothing to find out.
    assertThat(transfersOn(alice))
        .isEqualTo(sent.stream().filter(each -> each.first().status() != 0).count());

    startStoppedServices();
    Sent refused =
        sent.stream().filter(each -> each.first().status() == 0).findFirst().orElseThrow();
    assertThat(settleTransfer("alice", refused.key(), alice, bob, 10).status()).isEqualTo(201);
  }

  @Test
  void transfersWithoutKafkaPublishEventsInOrderLater() throws Exception {
    String alice = account("alice", 100_000);
    String bob = account("bob", 0);
    awaitFeed(alice, "alice", 1);
    stack().kill(Service.KAFKA);

    for (int i = 0; i < 50; i++) {
      assertThat(settleTransfer("alice", key(), alice, bob, 1).status()).isEqualTo(201);
    }
    assertThat(feed(alice, "alice")).hasSize(1);
    stack().start(Service.KAFKA);

    awaitFeed(alice, "alice", 51);
    awaitFeed(bob, "bob", 50);
  }

  @Test
  void answersSurvivePostgresKilledDuringCommits() throws Exception {
    String alice = account("alice", 100_000);
    String bob = account("bob", 0);
    record Sent(String key, Answer first) {}
    List<Sent> sent = new ArrayList<>();

    List<Sent> results =
        underLoad(
            120,
            i -> {
              String key = key();
              return new Sent(key, transfer("alice", key, alice, bob, 10));
            },
            () -> {
              await()
                  .atMost(SOON)
                  .pollInterval(Duration.ofMillis(2))
                  .until(() -> transfersOn(alice) > 10);
              stack().kill(Service.POSTGRES);
              stack().start(Service.POSTGRES);
            });
    sent.addAll(results);

    long unknown = sent.stream().filter(each -> !each.first().isFinal()).count();
    System.out.println("answers that the crash left open: " + unknown + " of " + sent.size());
    assertThat(unknown).as("the kill came during commits").isPositive();
    for (Sent each : sent) {
      Answer settled = settleTransfer("alice", each.key(), alice, bob, 10);
      assertThat(settled.status()).as(settled.body()).isEqualTo(201);
      if (each.first().isFinal()) {
        assertThat(settled.body()).isEqualTo(each.first().body());
      }
    }
    assertThat(transfersOn(alice)).isEqualTo(sent.size());
    assertThat(balanceMinor(bob)).isEqualTo(10L * sent.size());
    awaitFeed(bob, "bob", sent.size());
  }

  private interface Call<T> {
    T make(int i);
  }

  private interface Fault {
    void happen() throws Exception;
  }

  /// Makes the calls from 8 callers while the fault happens, and returns their answers in order.
  private static <T> List<T> underLoad(int calls, Call<T> call, Fault fault) throws Exception {
    List<Future<T>> answers = new ArrayList<>();
    try (ExecutorService callers = Executors.newFixedThreadPool(8)) {
      for (int i = 0; i < calls; i++) {
        int number = i;
        Callable<T> one = () -> call.make(number);
        answers.add(callers.submit(one));
      }
      fault.happen();
    }
    List<T> results = new ArrayList<>();
    for (Future<T> answer : answers) {
      results.add(answer.get());
    }
    return results;
  }

  private static long liveHolds(String account) {
    return number(
        "ledger",
        "SELECT count(*) FROM hold WHERE account_id = ? AND status = 'HELD'",
        UUID.fromString(account));
  }

  private static long entriesOn(String account) {
    return number(
        "ledger",
        "SELECT count(*) FROM account_line WHERE account_id = ?",
        UUID.fromString(account));
  }
}
