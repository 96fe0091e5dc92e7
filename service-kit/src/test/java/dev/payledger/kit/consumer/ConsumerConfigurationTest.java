package dev.payledger.kit.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.payledger.kit.retry.FullJitter;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.kafka.listener.ListenerExecutionFailedException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.util.backoff.BackOffExecution;

class ConsumerConfigurationTest {
  @Test
  void distinguishesBrokenDependencyFromRejectedValue() {
    assertThat(broken(new CannotCreateTransactionException("no connection"))).isTrue();
    assertThat(broken(new DataAccessResourceFailureException("gone"))).isTrue();
    assertThat(broken(new CannotAcquireLockException("busy"))).isTrue();

    assertThat(broken(new DataIntegrityViolationException("a CHECK"))).isFalse();
    assertThat(broken(new IllegalStateException("a bug"))).isFalse();
    assertThat(broken(new ClassCastException("a bug"))).isFalse();
  }

  @Test
  void unboundedPausesGrowToTheirCapAndAreRandom() {
    BackOffExecution pauses =
        new JitteredBackOff(
                new FullJitter(Duration.ofMillis(100), Duration.ofSeconds(5)),
                JitteredBackOff.UNBOUNDED)
            .start();
    long longest = 0;
    for (int i = 0; i < 2_000; i++) {
      long pause = pauses.nextBackOff();
      assertThat(pause).isBetween(0L, i == 0 ? 100L : i == 1 ? 200L : 5_000L);
      longest = Math.max(longest, pause);
    }
    assertThat(longest).isGreaterThan(4_000);
  }

  @Test
  void boundedRetriesEnd() {
    BackOffExecution pauses =
        new JitteredBackOff(new FullJitter(Duration.ofMillis(1), Duration.ofMillis(1)), 2).start();

    assertThat(pauses.nextBackOff()).isNotEqualTo(BackOffExecution.STOP);
    assertThat(pauses.nextBackOff()).isNotEqualTo(BackOffExecution.STOP);
    assertThat(pauses.nextBackOff()).isEqualTo(BackOffExecution.STOP);
  }

  @Test
  void rejectsPausesCloseToThePollInterval() {
    assertThatThrownBy(() -> new ConsumerRetries(Duration.ofSeconds(1), Duration.ofMinutes(2), 4))
        .hasMessageContaining("poll interval");
    assertThatThrownBy(() -> new ConsumerRetries(Duration.ofSeconds(2), Duration.ofSeconds(1), 4))
        .hasMessageContaining("retry-first <= retry-cap");
    assertThatThrownBy(() -> new ConsumerRetries(Duration.ZERO, Duration.ofSeconds(1), 4))
        .hasMessageContaining("0 < retry-first");
    assertThatThrownBy(() -> new ConsumerRetries(Duration.ofSeconds(1), Duration.ofSeconds(1), -1))
        .hasMessageContaining("retries-max");
  }

  private static boolean broken(RuntimeException cause) {
    return ConsumerConfiguration.isBrokenDependency(
        new ListenerExecutionFailedException("listener failed", cause));
  }
}
