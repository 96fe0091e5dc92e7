package dev.payledger.gateway.idempotency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class IdempotencyPropertiesTest {
  private static IdempotencyProperties with(Duration lease, Duration requestTimeMax) {
    return new IdempotencyProperties(
        lease,
        requestTimeMax,
        Duration.ofSeconds(2),
        Duration.ofMillis(100),
        Duration.ofHours(24),
        Duration.ofMinutes(1),
        500);
  }

  @Test
  void aLeaseIsAsLongAsTheLongestRequest() {
    Duration longest = Duration.ofSeconds(30);
    assertThat(with(longest, longest).leaseDuration()).isEqualTo(longest);
    assertThatThrownBy(() -> with(longest.minusMillis(1), longest))
        .hasMessageContaining("gateway.deadline.max");
  }
}
