package dev.payledger.ledger.saga;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackoffTest {
  private final Backoff backoff = new Backoff(Duration.ofMillis(500), Duration.ofSeconds(30));

  @ParameterizedTest
  @CsvSource({"0, 500", "1, 1000", "2, 2000", "5, 16000", "6, 30000", "20, 30000", "500, 30000"})
  void theBoundDoublesWithEachAttemptUpToItsMaximum(int attempts, long boundMs) {
    assertThat(pausesMs(attempts).max().orElseThrow()).isBetween(boundMs * 9 / 10, boundMs);
  }

  @Test
  void theWaitIsAnywhereBelowTheBound() {
    long[] quarters = new long[4];
    pausesMs(6).forEach(ms -> quarters[(int) Math.min(3, ms / 7_500)]++);
    assertThat(LongStream.of(quarters).min().orElseThrow()).isGreaterThan(250);
  }

  @Test
  void waitIsNeverZero() {
    assertThat(pausesMs(0).min().orElseThrow()).isPositive();
  }

  @Test
  void aZeroBaseDoesNotWait() {
    assertThat(new Backoff(Duration.ZERO, Duration.ZERO).pause(3)).isZero();
  }

  /// 2,000 waits: that none is in the top tenth of the bound has a probability below 10^-90.
  private LongStream pausesMs(int attempts) {
    return IntStream.range(0, 2_000).mapToLong(i -> backoff.pause(attempts).toMillis());
  }
}
