package dev.payledger.ledger.screening;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.springframework.stereotype.Component;

/// How many calls of fraud-service may be repeats, so that an outage is not made worse by those who
/// wait for its end. Each first question puts a part of a call in, each repeat takes a whole one out:
/// with ten percent, calls ÷ transfers asked about stays at or below 1.1 during an outage, however many
/// wait. After it, what waits is done as fast as fraud-service answers: a repeat that is answered puts
/// two calls in.
///
/// A ledger with next to no traffic would never earn a repeat, and so never hear that fraud-service
/// is back: one repeat in each `retryInterval` is free, unless there were paid ones in it.
@Component
final class RetryBudget {
  private static final int ONE_CALL = 100;

  private final ScreeningProperties properties;
  private final Clock clock;
  private long balanceInPercent;
  private Instant lastRepeatAt = Instant.EPOCH;

  RetryBudget(ScreeningProperties properties, Clock clock, MeterRegistry meters) {
    this.properties = properties;
    this.clock = clock;
    Gauge.builder("ledger.screening.retry.balance", this, RetryBudget::balance)
        .description("Repeated calls that fraud screening may make now")
        .register(meters);
  }

  /// A transfer is asked about for the first time.
  synchronized void earn() {
    put(properties.retryPercent());
  }

  /// Takes one repeat, if there is one to take.
  synchronized void spend() {
    Instant now = clock.instant();
    if (balanceInPercent >= ONE_CALL) {
      balanceInPercent -= ONE_CALL;
    } else if (Duration.between(lastRepeatAt, now).abs().compareTo(properties.retryInterval())
        < 0) {
      throw new RetryBudgetUsedUp();
    }
    lastRepeatAt = now;
  }

  /// A repeat was answered, so the outage is over.
  synchronized void answered() {
    put(2 * ONE_CALL);
  }

  private void put(int percent) {
    balanceInPercent =
        Math.min(balanceInPercent + percent, (long) properties.retryBalanceMax() * ONE_CALL);
  }

  private synchronized double balance() {
    return (double) balanceInPercent / ONE_CALL;
  }
}
