package dev.payledger.ledger.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.payledger.kit.groupcommit.GroupCommitLimits;
import dev.payledger.kit.retry.FullJitter;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class JournalPropertiesTest {
  private static final Duration ONE = Duration.ofMillis(1);

  @Test
  void limitsAreThoseOfTheGroupCommit() {
    assertThat(properties(1, 2, ONE).limits())
        .isEqualTo(
            new GroupCommitLimits(
                2, 3, 4, new FullJitter(ONE, Duration.ofMillis(2)), Duration.ofMillis(3), 5));
  }

  @Test
  void rejectsSettingsThatContradictEachOther() {
    assertThatIllegalArgumentException().isThrownBy(() -> properties(0, 2, ONE));
    assertThatIllegalArgumentException().isThrownBy(() -> properties(1, 0, ONE).limits());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> properties(1, 2, Duration.ofMillis(3)).limits());
  }

  private static JournalProperties properties(
      int connectionsMax, int queueMax, Duration backoffBase) {
    return new JournalProperties(
        "",
        "",
        "",
        connectionsMax,
        queueMax,
        3,
        4,
        backoffBase,
        Duration.ofMillis(2),
        Duration.ofMillis(3),
        5);
  }
}
