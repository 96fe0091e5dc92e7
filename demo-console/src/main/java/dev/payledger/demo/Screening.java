package dev.payledger.demo;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// The state of fraud screening, from the ledger's metrics.
///
/// @param breaker the state of the circuit breaker
/// @param calls that were sent to fraud-service since the ledger started
/// @param again those of them that repeated one
/// @param notPermitted calls that the open breaker stopped
/// @param held transfers that wait because fraud screening could not be asked
record Screening(String breaker, long calls, long again, long notPermitted, long held) {
  private static final List<String> STATES =
      List.of("closed", "open", "half_open", "disabled", "forced_open", "metrics_only");

  /// @param metrics in the text format of Prometheus
  static Screening of(String metrics) {
    String breaker =
        STATES.stream()
            .filter(
                state ->
                    sum(
                            metrics,
                            "resilience4j_circuitbreaker_state",
                            "name=\"fraud\"",
                            "state=\"" + state + "\"")
                        == 1)
            .findFirst()
            .orElse("unknown");
    return new Screening(
        breaker.toUpperCase(Locale.ROOT),
        sum(metrics, "ledger_screening_call_total"),
        sum(metrics, "ledger_screening_call_total", "again=\"true\""),
        sum(metrics, "resilience4j_circuitbreaker_not_permitted_calls_total", "name=\"fraud\""),
        sum(metrics, "ledger_review_held"));
  }

  private static long sum(String metrics, String name, String... labels) {
    return metrics
        .lines()
        .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
        .filter(line -> Arrays.stream(labels).allMatch(line::contains))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  @Override
  public String toString() {
    return "Fraud screening: breaker %s; %,d calls, %,d of them repeats; %,d stopped by the breaker; %,d transfers held for review"
        .formatted(breaker, calls, again, notPermitted, held);
  }
}
