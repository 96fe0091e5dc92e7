package dev.payledger.kit.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FullJitterTest {
  private final FullJitter backoff = new FullJitter(Duration.ofMillis(500), Duration.ofSeconds(30));

  @ParameterizedTest
  @CsvSource({"0, 500", "1, 1000", "2, 2000", "5, 16000", "6, 30000", "20, 30000", "500, 30000"})
  void boundDoublesWithEachAttemptUpToItsCap(int attempt, long boundMs) {
    assertThat(pausesMs(attempt).max().orElseThrow()).isBetween(boundMs * 9 / 10, boundMs);
  }

  @Test
  void pauseIsAnywhereBelowTheBound() {
    long[] quarters = new long[4];
    pausesMs(6).forEach(ms -> quarters[(int) Math.min(3, ms / 7_500)]++);
    assertThat(LongStream.of(quarters).min().orElseThrow()).isGreaterThan(250);
  }

  @Test
  void pauseIsNeverZero() {
    assertThat(pausesMs(0).min().orElseThrow()).isPositive();
    assertThat(IntStream.range(0, 2_000).mapToLong(i -> backoff.pauseNanos(0)).min().orElseThrow())
        .isPositive();
  }

  @Test
  void zeroBaseDoesNotWait() {
    assertThat(new FullJitter(Duration.ZERO, Duration.ZERO).pause(3)).isZero();
  }

  @Test
  void doublingDoesNotOverflow() {
    FullJitter slow = new FullJitter(Duration.ofDays(1), Duration.ofDays(10_000));

    assertThat(slow.pauseNanos(62)).isBetween(1L, Duration.ofDays(10_000).toNanos());
  }

  @Test
  void rejectsCapBelowBase() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new FullJitter(Duration.ofMillis(2), Duration.ofMillis(1)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new FullJitter(Duration.ofMillis(-1), Duration.ofMillis(1)));
  }

  /// 2,000 pauses: that none is in the top tenth of the bound has a probability below 10^-90.
  private LongStream pausesMs(int attempt) {
    return IntStream.range(0, 2_000).mapToLong(i -> backoff.pause(attempt).toMillis());
  }
}
