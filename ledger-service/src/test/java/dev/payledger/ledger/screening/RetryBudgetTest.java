package dev.payledger.ledger.screening;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.payledger.testkit.Seed;
import dev.payledger.testkit.SettableClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class RetryBudgetTest {
  private static final Duration INTERVAL = Duration.ofSeconds(5);
  private static final int BALANCE_MAX = 3;

  private final SettableClock clock = new SettableClock(Instant.parse("2026-06-01T12:00:00Z"));
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final RetryBudget budget = budget(10);

  @Test
  void tenFirstQuestionsEarnOneRepeat() {
    useUpTheFreeOne();
    earn(9);
    assertThat(maySpend()).isFalse();
    earn(1);
    assertThat(maySpend()).isTrue();
    assertThat(maySpend()).isFalse();
  }

  @Test
  void onlySoManyAreSavedUp() {
    useUpTheFreeOne();
    earn(1_000);
    assertThat(meters.get("ledger.screening.retry.balance").gauge().value()).isEqualTo(BALANCE_MAX);
    for (int i = 0; i < BALANCE_MAX; i++) {
      assertThat(maySpend()).isTrue();
    }
    assertThat(maySpend()).isFalse();
  }

  @Test
  void withoutTrafficOneInEachIntervalIsFree() {
    assertThat(maySpend()).isTrue();
    assertThat(maySpend()).isFalse();
    clock.advance(INTERVAL.minusMillis(1));
    assertThat(maySpend()).isFalse();
    clock.advance(Duration.ofMillis(1));
    assertThat(maySpend()).isTrue();
    assertThat(maySpend()).isFalse();
  }

  @Test
  void aClockThatIsSetBackStopsNobodyForLong() {
    useUpTheFreeOne();
    clock.advance(Duration.ofHours(-1));
    assertThat(maySpend()).isTrue();
  }

  /// Everybody who may ask again does so at once, at every step: the worst there is.
  @Test
  void callsStayWithinElevenTenthsOfTheFirstQuestionsHoweverManyWait() {
    Seed seed = Seed.next();
    RandomGenerator random = seed.random();
    useUpTheFreeOne();
    int first = 0;
    int again = 0;
    for (int step = 0; step < Seed.rounds(10_000); step++) {
      // 5 to 50 questions in each second or less.
      int questions = random.nextInt(5, 51);
      earn(questions);
      first += questions;
      clock.advance(Duration.ofMillis(random.nextInt(1_000)));
      while (maySpend()) {
        again++;
        assertThat(10L * again).as(seed.toString()).isLessThanOrEqualTo(first);
      }
    }
    assertThat(again).isGreaterThan(first / 20);
  }

  /// One free repeat is enough to begin with: what waits is asked about faster and faster.
  @Test
  void anAnsweredRepeatAllowsTwoMore() {
    for (int allowed : List.of(1, 2, BALANCE_MAX)) {
      for (int i = 0; i < allowed; i++) {
        assertThat(maySpend()).isTrue();
      }
      assertThat(maySpend()).isFalse();
      for (int i = 0; i < allowed; i++) {
        budget.answered();
      }
    }
    assertThat(meters.get("ledger.screening.retry.balance").gauge().value()).isEqualTo(BALANCE_MAX);
  }

  @Test
  void settingsThatMakeNoBudgetAreRefused() {
    assertThatThrownBy(() -> budget(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> budget(101)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> properties(10, 0, INTERVAL))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> properties(10, 1, Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private RetryBudget budget(int percent) {
    return new RetryBudget(properties(percent, BALANCE_MAX, INTERVAL), clock, meters);
  }

  private static ScreeningProperties properties(int percent, int balanceMax, Duration interval) {
    return new ScreeningProperties(
        URI.create("http://127.0.0.1:1"),
        "none",
        Duration.ofMillis(300),
        4096,
        percent,
        balanceMax,
        interval,
        32,
        8,
        16,
        32);
  }

  private void useUpTheFreeOne() {
    assertThat(maySpend()).isTrue();
  }

  private void earn(int questions) {
    for (int i = 0; i < questions; i++) {
      budget.earn();
    }
  }

  private boolean maySpend() {
    try {
      budget.spend();
      return true;
    } catch (RetryBudgetUsedUp e) {
      return false;
    }
  }
}
