package dev.payledger.kit.groupcommit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.payledger.kit.groupcommit.CommitOutcome.Aborted;
import dev.payledger.kit.groupcommit.CommitOutcome.Blocked;
import dev.payledger.kit.groupcommit.CommitOutcome.Committed;
import dev.payledger.kit.groupcommit.CommitOutcome.Unknown;
import dev.payledger.kit.retry.FullJitter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// How the writer deals with the ends of its transactions, which are scripted here.
class GroupCommitTest {
  private record Command(UUID id, int weight) {}

  private static final Duration LONG = Duration.ofSeconds(20);
  private static final String DECIDED = "decided";
  private static final SQLException CONFLICT = new SQLException("conflict");

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();

  /// The size of each attempt, and what was in it.
  private final List<List<Command>> attempts = new CopyOnWriteArrayList<>();

  private final CountDownLatch firstIsAtWork = new CountDownLatch(1);
  private final CountDownLatch firstMayEnd = new CountDownLatch(1);

  private Function<List<Command>, CommitOutcome<List<Optional<String>>>> script =
      GroupCommitTest::committed;
  private GroupCommit<Command, String> commits;
  private Duration lockPatience = Duration.ofSeconds(2);

  @AfterEach
  void close() {
    firstMayEnd.countDown();
    callers.shutdownNow();
    if (commits != null) {
      commits.close();
    }
  }

  @Test
  void aLoneCallerWaitsForNobody() {
    start(5, 100, 100);

    assertThat(commits.submit(command(), LONG)).isEqualTo(DECIDED);
    assertThat(sizes()).containsExactly(1);
  }

  @Test
  void whatQueuesDuringACommitSharesTheNextInTheOrderOfArrival() throws Exception {
    start(5, 100, 100);
    Future<?> first = submitAndHold();
    List<Command> others = new ArrayList<>();
    List<Future<?>> answers = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      others.add(command());
      answers.add(submit(others.get(i), LONG));
      awaitQueued(i + 1);
    }

    firstMayEnd.countDown();

    first.get();
    for (Future<?> answer : answers) {
      answer.get();
    }
    assertThat(sizes()).containsExactly(1, 5);
    assertThat(attempts.get(1)).isEqualTo(others);
  }

  @Test
  void aBatchHasABound() throws Exception {
    start(5, 100, 2);
    submitAndHold();
    List<Future<?>> answers = submitQueued(5);

    firstMayEnd.countDown();

    for (Future<?> answer : answers) {
      answer.get();
    }
    assertThat(sizes()).containsExactly(1, 2, 2, 1);
  }

  @Test
  void boundCountsWeightAndHeavierCommandIsAlone() throws Exception {
    start(5, 100, 60);
    submitAndHold();
    List<Future<?>> answers = new ArrayList<>();
    for (int weight : List.of(20, 40, 1, 100, 30)) {
      answers.add(callers.submit(() -> commits.submit(command(weight), LONG)));
      awaitQueued(answers.size());
    }

    firstMayEnd.countDown();

    for (Future<?> answer : answers) {
      answer.get();
    }
    assertThat(attempts)
        .extracting(commands -> commands.stream().map(Command::weight).toList())
        .containsExactly(List.of(1), List.of(20, 40), List.of(1), List.of(100), List.of(30));
  }

  @Test
  void anAbortedBatchIsRunAgainWhole() throws Exception {
    start(5, 100, 100);
    script = commands -> attempts.size() < 4 ? new Aborted<>(CONFLICT) : committed(commands);
    submitAndHold();
    List<Future<?>> answers = submitQueued(3);

    firstMayEnd.countDown();

    for (Future<?> answer : answers) {
      answer.get();
    }
    assertThat(sizes()).startsWith(1, 3, 3).endsWith(3);
  }

  @Test
  void whatConflictsPermanentlyKeepsNobodyElse() throws Exception {
    start(3, 100, 100);
    Command hopeless = command();
    script =
        commands -> commands.contains(hopeless) ? new Aborted<>(CONFLICT) : committed(commands);
    submitAndHold();
    List<Future<?>> others = submitQueued(3);
    Future<?> never = submit(hopeless, LONG);
    awaitQueued(4);

    firstMayEnd.countDown();

    for (Future<?> other : others) {
      other.get();
    }
    assertUnavailable(never, false);
    assertThat(registry.get("kit.commit.halved").counter().count()).isEqualTo(2);
    assertThat(sizes()).containsExactly(1, 4, 4, 4, 2, 2, 2, 2, 1, 1, 1, 1);
  }

  @Test
  void theOneThatBreaksALawFailsAlone() throws Exception {
    start(3, 100, 100);
    Command poison = command();
    script =
        commands -> {
          if (commands.contains(poison)) {
            throw new IllegalStateException(new SQLException("a constraint held", "23514"));
          }
          return committed(commands);
        };
    submitAndHold();
    List<Future<?>> others = submitQueued(3);
    Future<?> offender = submit(poison, LONG);
    awaitQueued(4);

    firstMayEnd.countDown();

    for (Future<?> other : others) {
      other.get();
    }
    assertThatThrownBy(offender::get).hasCauseInstanceOf(CommitDefectException.class);
    assertThat(sizes())
        .as("together, then in halves; a defect is not repeated")
        .containsExactly(1, 4, 2, 2, 1, 1);
  }

  /// Of a thousand, the offender is found in ten steps: its neighbours share 19 transactions, not 999.
  @Test
  void defectIsFoundByBisection() throws Exception {
    start(3, 2_000, 2_000);
    Command poison = command();
    script =
        commands -> {
          if (commands.contains(poison)) {
            throw new IllegalStateException(new SQLException("a constraint held", "23514"));
          }
          return committed(commands);
        };
    submitAndHold();
    List<Future<?>> others = submitQueued(1_023);
    Future<?> offender = submit(poison, LONG);
    awaitQueued(1_024);

    firstMayEnd.countDown();

    for (Future<?> other : others) {
      other.get();
    }
    assertThatThrownBy(offender::get).hasCauseInstanceOf(CommitDefectException.class);
    assertThat(sizes()).hasSizeLessThanOrEqualTo(1 + 1 + 20);
  }

  @Test
  void blockedBatchIsHalvedAndNotRepeated() throws Exception {
    start(10, 100, 100);
    Command slow = command();
    script = commands -> commands.contains(slow) ? new Blocked<>(CONFLICT) : committed(commands);
    submitAndHold();
    List<Future<?>> others = submitQueued(3);
    Future<?> never = submit(slow, LONG);
    awaitQueued(4);

    firstMayEnd.countDown();

    for (Future<?> other : others) {
      other.get();
    }
    assertUnavailable(never, false);
    assertThat(sizes()).startsWith(1, 4, 2, 2, 1, 1);
    assertThat(sizes()).as("tried by itself until its patience ended").endsWith(1, 1);
  }

  @Test
  void commandWithLockedRowsWaitsAlone() throws Exception {
    start(3, 100, 100);
    Command stuck = command();
    AtomicBoolean isLocked = new AtomicBoolean(true);
    script = commands -> leftOut(commands, isLocked.get() ? Set.of(stuck) : Set.of());
    Future<?> waits = submit(stuck, LONG);
    await().until(() -> registry.get("kit.commit.postponed").counter().count() > 0);

    for (int i = 0; i < 20; i++) {
      commits.submit(command(), LONG);
    }
    assertThat(waits.isDone()).isFalse();
    isLocked.set(false);

    waits.get();
    assertThat(registry.get("kit.commit.waiting").gauge().value()).isZero();
  }

  /// Its first attempt may still be committed while the second waits for the rows that the first locked.
  @Test
  void unknownOutcomeStaysUnknownWhileRowsAreLocked() {
    start(3, 100, 100);
    script =
        commands ->
            attempts.size() == 1
                ? new Unknown<>(CONFLICT)
                : leftOut(commands, Set.copyOf(commands));

    assertUnavailable(submit(command(), Duration.ofMillis(500)), true);
  }

  @Test
  void patienceForLockedRowsEnds() {
    lockPatience = Duration.ofMillis(50);
    start(3, 100, 100);
    script = commands -> leftOut(commands, Set.copyOf(commands));

    assertUnavailable(submit(command(), LONG), false);
  }

  @Test
  void fewCommandsWaitForLockedRowsAtOnce() throws Exception {
    start(3, 100, 100);
    AtomicBoolean isLocked = new AtomicBoolean(true);
    script = commands -> leftOut(commands, isLocked.get() ? Set.copyOf(commands) : Set.of());
    submitAndHold();
    List<Future<?>> stuck = submitQueued(10);

    firstMayEnd.countDown();
    await().until(() -> stuck.stream().filter(Future::isDone).count() >= 8);
    isLocked.set(false);

    long refused = 0;
    for (Future<?> each : stuck) {
      try {
        each.get();
      } catch (ExecutionException e) {
        assertThat(e).cause().isInstanceOf(CommitUnavailableException.class);
        refused++;
      }
    }
    assertThat(refused).isBetween(8L, 9L);
  }

  @Test
  void waitingCommandsAreRefusedWhenItCloses() {
    start(3, 100, 100);
    script = commands -> leftOut(commands, Set.copyOf(commands));
    Future<?> waits = submit(command(), LONG);
    await().until(() -> registry.get("kit.commit.postponed").counter().count() > 0);

    commits.close();

    assertUnavailable(waits, false);
  }

  @Test
  void anUnknownEndIsRunAgain() {
    start(3, 100, 100);
    script = commands -> attempts.size() == 1 ? new Unknown<>(CONFLICT) : committed(commands);

    assertThat(commits.submit(command(), LONG)).isEqualTo(DECIDED);
    assertThat(sizes()).containsExactly(1, 1);
  }

  @Test
  void onceUnknownItStaysUnknownUntilAnAttemptCommits() {
    start(3, 100, 100);
    script = commands -> attempts.size() == 1 ? new Unknown<>(CONFLICT) : new Aborted<>(CONFLICT);

    assertUnavailable(submit(command(), LONG), true);
    assertThat(sizes()).containsExactly(1, 1, 1);
  }

  @Test
  void attemptsThatAllEndedInAbortsWroteNothing() {
    start(3, 100, 100);
    script = commands -> new Aborted<>(CONFLICT);

    assertUnavailable(submit(command(), LONG), false);
    assertThat(sizes()).containsExactly(1, 1, 1);
  }

  @Test
  void aFullQueueSaysSoAtOnce() throws Exception {
    start(3, 2, 100);
    submitAndHold();
    submitQueued(2);

    long began = System.nanoTime();
    assertUnavailable(submit(command(), LONG), false);

    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(LONG.dividedBy(4));
    assertThat(registry.get("kit.commit.refused").counter().count()).isEqualTo(1);
  }

  @Test
  void whoLeftTheQueueIsNeverPlanned() throws Exception {
    start(3, 100, 100);
    submitAndHold();
    Command late = command();

    assertUnavailable(submit(late, Duration.ofMillis(30)), false);
    firstMayEnd.countDown();

    commits.submit(command(), LONG);
    assertThat(attempts).allSatisfy(commands -> assertThat(commands).doesNotContain(late));
  }

  @Test
  void whoLeavesDuringTheCommitCannotKnow() throws Exception {
    start(3, 100, 100);
    script =
        commands -> {
          hold();
          return committed(commands);
        };

    assertUnavailable(submit(command(), Duration.ofMillis(200)), true);
  }

  @Test
  void theCallersTimeEndsTheAttempts() {
    start(1_000_000, 100, 100);
    script = commands -> new Aborted<>(CONFLICT);

    assertUnavailable(submit(command(), Duration.ofMillis(100)), null);

    int soon = attempts.size();
    script = GroupCommitTest::committed;
    commits.submit(command(), LONG);
    assertThat(attempts.size()).as("no attempts for who has left").isLessThan(soon + 50);
  }

  @Test
  void aBugInTheWriterDoesNotEndIt() {
    start(3, 100, 100);
    script = commands -> attempts.size() == 1 ? new Committed<>(List.of()) : committed(commands);

    assertThatThrownBy(() -> commits.submit(command(), LONG))
        .isInstanceOf(CommitDefectException.class);

    assertThat(commits.submit(command(), LONG)).isEqualTo(DECIDED);
  }

  @Test
  void whoQueuesWhenItClosesIsToldToComeBack() throws Exception {
    start(3, 100, 100);
    Future<?> first = submitAndHold();
    List<Future<?>> queued = submitQueued(2);
    Future<?> closing = callers.submit(() -> commits.close());
    assertUnavailableSoon();
    firstMayEnd.countDown();
    closing.get();

    first.get();
    for (Future<?> each : queued) {
      assertUnavailable(each, false);
    }
    assertThat(sizes()).containsExactly(1);
  }

  @Test
  void rejectsLimitsBelowOne() {
    FullJitter backoff = new FullJitter(Duration.ZERO, Duration.ZERO);
    for (int zero = 0; zero < 4; zero++) {
      int[] n = {1, 1, 1, 1};
      n[zero] = 0;
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new GroupCommitLimits(n[0], n[1], n[2], backoff, Duration.ZERO, n[3]));
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new GroupCommitLimits(1, 1, 1, backoff, Duration.ofMillis(-1), 1));
  }

  private void start(int attemptsMax, int queueMax, int weightMax) {
    commits =
        new GroupCommit<>(
            "test",
            Command::weight,
            commands -> {
              attempts.add(List.copyOf(commands));
              return script.apply(commands);
            },
            new GroupCommitLimits(
                queueMax,
                weightMax,
                attemptsMax,
                new FullJitter(Duration.ofNanos(1_000), Duration.ofMillis(1)),
                lockPatience,
                2),
            new GroupCommitMetrics(registry, "kit.commit"));
  }

  /// A first command whose attempt goes on until the test lets it end.
  private Future<?> submitAndHold() throws InterruptedException {
    var then = script;
    script =
        commands -> {
          if (attempts.size() == 1) {
            hold();
            return committed(commands);
          }
          return then.apply(commands);
        };
    Future<?> first = submit(command(), LONG);
    firstIsAtWork.await();
    return first;
  }

  private void hold() {
    firstIsAtWork.countDown();
    boolean isInterrupted = Thread.interrupted();
    try {
      firstMayEnd.await();
    } catch (InterruptedException e) {
      // It closes; a transaction in flight is not ended by that.
      isInterrupted = true;
      hold();
    }
    if (isInterrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private List<Future<?>> submitQueued(int count) {
    List<Future<?>> answers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      answers.add(submit(command(), LONG));
    }
    awaitQueued(count);
    return answers;
  }

  private Future<?> submit(Command command, Duration remaining) {
    return callers.submit(() -> commits.submit(command, remaining));
  }

  private void awaitQueued(int count) {
    await()
        .pollInterval(Duration.ofMillis(5))
        .until(() -> registry.get("kit.commit.queue").gauge().value() == count);
  }

  /// Until it is closing: it refuses.
  private void assertUnavailableSoon() {
    await()
        .pollInterval(Duration.ofMillis(5))
        .untilAsserted(
            () ->
                assertThatThrownBy(() -> commits.submit(command(), Duration.ofMillis(1)))
                    .hasRootCauseMessage("the test is closed"));
  }

  private static void assertUnavailable(Future<?> answer, Boolean outcomeUnknown) {
    assertThatThrownBy(answer::get)
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOfSatisfying(
            CommitUnavailableException.class,
            e -> {
              if (outcomeUnknown != null) {
                assertThat(e.outcomeUnknown()).isEqualTo(outcomeUnknown);
              }
            });
  }

  private List<Integer> sizes() {
    return attempts.stream().map(List::size).toList();
  }

  /// Those are not planned: their rows are locked.
  private static CommitOutcome<List<Optional<String>>> leftOut(
      List<Command> commands, Set<Command> stuck) {
    return new Committed<>(
        commands.stream()
            .<Optional<String>>map(c -> stuck.contains(c) ? Optional.empty() : Optional.of(DECIDED))
            .toList());
  }

  private static Command command() {
    return command(1);
  }

  private static Command command(int weight) {
    return new Command(UUID.randomUUID(), weight);
  }

  private static CommitOutcome<List<Optional<String>>> committed(List<Command> commands) {
    return new Committed<>(
        commands.stream().<Optional<String>>map(c -> Optional.of(DECIDED)).toList());
  }
}
