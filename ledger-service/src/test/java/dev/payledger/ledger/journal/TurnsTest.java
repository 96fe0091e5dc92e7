package dev.payledger.ledger.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TurnsTest {
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(20);

  /// Their hash codes, and so their stripes, are 1, 2 and 3.
  private static final UUID FIRST = new UUID(0, 1);

  private static final UUID SECOND = new UUID(0, 2);
  private static final UUID THIRD = new UUID(0, 3);

  private final Turns turns = new Turns(16);
  private final ExecutorService others = Executors.newVirtualThreadPerTaskExecutor();

  @AfterEach
  void nobodyIsLeftWaiting() throws InterruptedException {
    others.shutdown();
    assertThat(others.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void oneAtATimeHasTheTurnOfAnAccount() throws Exception {
    Turns.Turn mine = turns.take(SHORT, FIRST, SECOND);

    assertThat(isFreeForAnother(SECOND)).isFalse();
    mine.close();
    assertThat(isFreeForAnother(SECOND)).isTrue();
  }

  @Test
  void strangersDoNotWaitForEachOther() throws Exception {
    try (Turns.Turn mine = turns.take(SHORT, FIRST, SECOND)) {
      assertThat(mine).isNotNull();
      assertThat(isFreeForAnother(THIRD)).isTrue();
    }
  }

  @Test
  void whoGivesUpLeavesNothingTaken() throws Exception {
    try (Turns.Turn mine = turns.take(SHORT, SECOND)) {
      assertThat(mine).isNotNull();
      assertThat(takenByAnother(() -> turns.take(SHORT, FIRST, SECOND) == null)).isTrue();
      assertThat(isFreeForAnother(FIRST)).isTrue();
    }
  }

  @Test
  void anInterruptedWaiterGivesUpAndStaysInterrupted() throws Exception {
    assertThat(
            takenByAnother(
                () -> {
                  Thread.currentThread().interrupt();
                  Turns.Turn turn = turns.take(LONG, FIRST);
                  return turn == null && Thread.currentThread().isInterrupted();
                }))
        .isTrue();
    assertThat(isFreeForAnother(FIRST)).isTrue();
  }

  @Test
  void callersWithTheSameAccountsSwappedNeverWaitInACircle() throws Exception {
    List<Future<Boolean>> all = new ArrayList<>();
    for (UUID[] pair :
        new UUID[][] {
          {FIRST, SECOND}, {SECOND, FIRST}, {SECOND, THIRD}, {THIRD, SECOND}, {THIRD, FIRST}
        }) {
      all.add(
          others.submit(
              () -> {
                for (int i = 0; i < 5_000; i++) {
                  try (Turns.Turn turn = turns.take(LONG, pair)) {
                    if (turn == null) {
                      return false;
                    }
                    Thread.yield();
                  }
                }
                return true;
              }));
    }
    for (Future<Boolean> one : all) {
      assertThat(one.get(20, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void oneAccountNamedTwiceIsOneTurn() throws Exception {
    turns.take(SHORT, FIRST, FIRST).close();

    assertThat(isFreeForAnother(FIRST)).isTrue();
  }

  private boolean isFreeForAnother(UUID key) throws Exception {
    return takenByAnother(
        () -> {
          try (Turns.Turn turn = turns.take(SHORT, key)) {
            return turn != null;
          }
        });
  }

  private boolean takenByAnother(Callable<Boolean> attempt)
      throws ExecutionException, InterruptedException {
    return others.submit(attempt).get();
  }
}
