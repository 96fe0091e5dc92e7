package dev.payledger.ledger.screening;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.stereotype.Component;

/// What was sent to fraud-service and how its breaker moved. What was not sent and how calls ended is
/// in Resilience4j's own metrics.
@Component
class ScreeningMetrics {
  private final MeterRegistry meters;

  ScreeningMetrics(MeterRegistry meters) {
    this.meters = meters;
  }

  /// A gauge shows where the breaker stands; between two looks at it a flap would go unseen.
  void watch(CircuitBreaker breaker) {
    breaker
        .getEventPublisher()
        .onStateTransition(
            event ->
                meters
                    .counter(
                        "ledger.screening.breaker.moved",
                        "from",
                        event.getStateTransition().getFromState().name(),
                        "to",
                        event.getStateTransition().getToState().name())
                    .increment());
  }

  /// A call that goes out.
  ///
  /// @param operation `assess` or `release`
  void called(String operation, boolean again) {
    meters
        .counter("ledger.screening.call", "operation", operation, "again", Boolean.toString(again))
        .increment();
  }

  /// A question for which there was no permit in time.
  void congested() {
    meters.counter("ledger.screening.congested").increment();
  }

  /// A repeat that did not go out.
  void usedUp() {
    meters.counter("ledger.screening.retry.refused").increment();
  }
}
