package dev.payledger.ledger.saga;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OfflinePolicyTest {
  private final OfflinePolicy policy =
      new OfflinePolicy(
          new SagaProperties(
              Duration.ofSeconds(10),
              Duration.ofMinutes(15),
              Duration.ofDays(7),
              Duration.ofMillis(250),
              16,
              4,
              Duration.ofSeconds(5),
              Duration.ofMillis(500),
              Duration.ofSeconds(30),
              8,
              5_000,
              15_000,
              30_000,
              Duration.ofHours(1)));

  @ParameterizedTest
  @CsvSource({"1, true", "4999, true", "5000, true", "5001, false", "9007199254740991, false"})
  void onlySmallTransfersMayPassUnscreened(long amountMinor, boolean mayPass) {
    assertThat(policy.mayPass(amountMinor)).isEqualTo(mayPass);
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-23T10:00:00Z,        2026-11-23T10:00:00Z",
    "2026-11-23T10:59:59.999999Z, 2026-11-23T10:00:00Z",
    "2026-11-23T11:00:00Z,        2026-11-23T11:00:00Z",
    "1969-12-31T23:30:00Z,        1969-12-31T23:00:00Z"
  })
  void windowsLieSideBySideOnTheHour(Instant now, Instant windowStart) {
    assertThat(policy.allowance(now).windowStart()).isEqualTo(windowStart);
  }

  @Test
  void theAllowanceIsTheConfiguredOne() {
    assertThat(policy.allowance(Instant.EPOCH).limitMinor()).isEqualTo(15_000);
    assertThat(policy.allowance(Instant.EPOCH).ownerLimitMinor()).isEqualTo(30_000);
  }
}
