package dev.payledger.ledger.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.payledger.ledger.journal.CommitOutcome.Aborted;
import dev.payledger.ledger.journal.CommitOutcome.Committed;
import dev.payledger.ledger.journal.CommitOutcome.Unknown;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class AttemptsTest {
  private static final Aborted<String> ABORTED = new Aborted<>(new SQLException("conflict"));
  private static final Unknown<String> UNKNOWN = new Unknown<>(new SQLException("lost"));
  private static final Committed<String> COMMITTED = new Committed<>("done");

  private int attempts;

  @Test
  void aCommittedAttemptIsTheAnswer() {
    assertThat(run(5, List.of(COMMITTED))).isEqualTo("done");
    assertThat(attempts).isEqualTo(1);
  }

  @Test
  void abortedAndUnknownAttemptsAreRepeated() {
    assertThat(run(5, List.of(ABORTED, UNKNOWN, ABORTED, COMMITTED))).isEqualTo("done");
    assertThat(attempts).isEqualTo(4);
  }

  @Test
  void theNumberOfAttemptsIsBounded() {
    JournalUnavailable e = unavailable(3, List.of(ABORTED, ABORTED, ABORTED, COMMITTED));

    assertThat(attempts).isEqualTo(3);
    assertThat(e.outcomeUnknown()).isFalse();
    assertThat(e).hasCause(ABORTED.cause());
  }

  @Test
  void onceUnknownItStaysUnknownUntilAnAttemptCommits() {
    assertThat(unavailable(3, List.of(UNKNOWN, ABORTED, ABORTED)).outcomeUnknown()).isTrue();
    assertThat(run(3, List.of(UNKNOWN, ABORTED, COMMITTED))).isEqualTo("done");
  }

  @Test
  void theDeadlineEndsTheAttempts() {
    Attempts many = attempts(1_000, Duration.ofMillis(5), Duration.ofMillis(20));
    long deadline = System.nanoTime() + Duration.ofMillis(60).toNanos();

    assertThatExceptionOfType(JournalUnavailable.class)
        .isThrownBy(
            () ->
                many.run(
                    deadline,
                    () -> {
                      attempts++;
                      return ABORTED;
                    }));

    assertThat(attempts).isBetween(1, 999);
  }

  @Test
  void aWaitIsNeverLongerThanItsBound() {
    Attempts three = attempts(20, Duration.ofMillis(1), Duration.ofMillis(2));
    long start = System.nanoTime();

    catchThrowableOfType(JournalUnavailable.class, () -> three.run(soon(), () -> ABORTED));

    // 19 waits of 2 ms at most; without the bound the last alone would be below 2^18 ms.
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
  }

  @Test
  void aDefectIsNotRepeated() {
    JournalDefect defect = new JournalDefect(new SQLException("wall"));

    assertThat(
            catchThrowableOfType(
                JournalDefect.class,
                () ->
                    attempts(5, Duration.ZERO, Duration.ZERO)
                        .run(
                            soon(),
                            () -> {
                              attempts++;
                              throw defect;
                            })))
        .isSameAs(defect);
    assertThat(attempts).isEqualTo(1);
  }

  @Test
  void anInterruptedCallerStopsRepeating() {
    Thread.currentThread().interrupt();

    assertThat(unavailable(5, List.of(ABORTED, COMMITTED)).outcomeUnknown()).isFalse();

    assertThat(Thread.interrupted()).isTrue();
    assertThat(attempts).isEqualTo(1);
  }

  @Test
  void settingsThatContradictEachOtherAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> attempts(0, Duration.ZERO, Duration.ZERO));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> attempts(1, Duration.ofMillis(2), Duration.ofMillis(1)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new JournalProperties("", "", "", 0, 1, Duration.ZERO, Duration.ZERO));
  }

  private String run(int attemptsMax, List<CommitOutcome<String>> outcomes) {
    attempts = 0;
    Queue<CommitOutcome<String>> next = new ArrayDeque<>(outcomes);
    Supplier<CommitOutcome<String>> attempt =
        () -> {
          attempts++;
          return next.remove();
        };
    return attempts(attemptsMax, Duration.ofNanos(1_000), Duration.ofMillis(1))
        .run(soon(), attempt);
  }

  private static long soon() {
    return System.nanoTime() + Duration.ofSeconds(20).toNanos();
  }

  private JournalUnavailable unavailable(int attemptsMax, List<CommitOutcome<String>> outcomes) {
    return catchThrowableOfType(JournalUnavailable.class, () -> run(attemptsMax, outcomes));
  }

  private static Attempts attempts(int attemptsMax, Duration backoffBase, Duration backoffMax) {
    return new Attempts(new JournalProperties("", "", "", 1, attemptsMax, backoffBase, backoffMax));
  }
}
