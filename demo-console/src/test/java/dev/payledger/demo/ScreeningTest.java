package dev.payledger.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ScreeningTest {
  @Test
  void lineShowsMetrics() {
    String metrics =
        """
        # TYPE resilience4j_circuitbreaker_state gauge
        resilience4j_circuitbreaker_state{name="fraud",state="closed"} 0.0
        resilience4j_circuitbreaker_state{name="fraud",state="half_open"} 1.0
        resilience4j_circuitbreaker_state{name="other",state="closed"} 1.0
        resilience4j_circuitbreaker_not_permitted_calls_total{kind="not_permitted",name="fraud"} 7.0
        ledger_screening_call_total{again="false",operation="assess"} 1040.0
        ledger_screening_call_total{again="true",operation="assess"} 3.0
        ledger_screening_call_total{again="false",operation="release"} 2.0
        ledger_screening_retry_balance 1.5
        ledger_review_held 4.0
        """;

    assertThat(Screening.of(metrics)).isEqualTo(new Screening("HALF_OPEN", 1_045, 3, 7, 4));
    assertThat(Screening.of(metrics))
        .hasToString(
            "Fraud screening: breaker HALF_OPEN; 1,045 calls, 3 of them repeats; 7 stopped by the"
                + " breaker; 4 transfers held for review");
  }

  @Test
  void missingMetricsCountAsZero() {
    assertThat(Screening.of("")).isEqualTo(new Screening("UNKNOWN", 0, 0, 0, 0));
  }
}
