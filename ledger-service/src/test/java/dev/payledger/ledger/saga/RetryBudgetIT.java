package dev.payledger.ledger.saga;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.ledger.FraudDouble.Mood;
import dev.payledger.ledger.LedgerUnderTest;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;

/// Who waits for fraud screening asks again, but not all at once.
@TestPropertySource(
    properties = {
      "payledger.screening.retry-percent=10",
      "payledger.screening.retry-balance-max=" + RetryBudgetIT.BALANCE_MAX
    })
class RetryBudgetIT extends LedgerUnderTest {
  static final int BALANCE_MAX = 3;

  private static final Duration PAUSE_MAX = Duration.ofSeconds(30);
  private static final Duration LIFETIME = Duration.ofMinutes(15);
  private static final long LARGE = 5_001;

  @Autowired private RecoveryRun recovery;
  @Autowired private MeterRegistry meters;

  /// What other tests have left waiting must not use up the budget here.
  @BeforeEach
  void nobodyWaits() {
    clock.advance(LIFETIME);
    recovery.runOnce();
  }

  /// Ten wait, and their pauses are always over: without a budget each pass would ask ten times.
  @Test
  void whoWasAskedAboutInVainIsAskedAboutAgainWithinTheBudgetOnly() {
    UUID a = account("alice", 200_000);
    UUID b = account("bob", 0);
    FRAUD.become(Mood.FAILS);
    List<UUID> waiting = held(10, a, b);

    int passes = 0;
    int calls;
    do {
      calls = callsOfOnePass();
      passes++;
    } while (calls > 1 && passes <= BALANCE_MAX);
    assertThat(calls).as("the balance is used up: one of ten asks").isEqualTo(1);
    assertThat(callsOfOnePass()).isEqualTo(1);
    assertThat(breaker().getMetrics().getNumberOfFailedCalls())
        .as("whom the budget stops is no failure of fraud's")
        .isEqualTo(1);

    // Nor does it keep the place of a probe.
    breaker().transitionToOpenState();
    breaker().transitionToHalfOpenState();
    clock.advance(PAUSE_MAX);
    FRAUD.become(Mood.APPROVES);
    recovery.runOnce();
    assertThat(waiting.stream().map(this::status).filter("POSTED"::equals)).isNotEmpty();
    for (int i = 0; i < 2; i++) {
      assertThat(transfer(alice(), UUID.randomUUID(), a, b, LARGE).status()).isEqualTo(201);
    }
    assertThat(breaker().getState()).isEqualTo(CircuitBreaker.State.CLOSED);

    // Each answer allows two more: 1, 2, 3, 3 and the last one, at the slowest.
    for (int pass = 0; pass < 5; pass++) {
      clock.advance(PAUSE_MAX);
      recovery.runOnce();
    }
    assertThat(waiting).allSatisfy(id -> assertThat(status(id)).isEqualTo("POSTED"));
  }

  /// The small ones have a new allowance, and fraud screening is there: whom the budget stops waits.
  @Test
  void whoMayNotAskAgainDoesNotPassUnscreened() {
    UUID a = account("alice", 200_000);
    UUID b = account("bob", 0);
    clock.set(startOfNextHour().plus(Duration.ofMinutes(59)));
    FRAUD.become(Mood.FAILS);
    for (int i = 0; i < 3; i++) {
      assertThat(transfer(alice(), UUID.randomUUID(), a, b, 5_000).status()).isEqualTo(201);
    }
    List<UUID> waiting = held(10, a, b, 1);
    clock.advance(Duration.ofMinutes(2));

    int calls = callsOfOnePass();

    assertThat(calls).isBetween(1, BALANCE_MAX + 1);
    assertThat(waiting.stream().map(this::status).filter("POSTED"::equals)).hasSize(calls);
    assertThat(waiting.stream().map(this::status).filter("PENDING"::equals)).hasSize(10 - calls);
  }

  @Test
  void whoWasNeverAskedAboutNeedsNoBudgetWhenFraudIsBack() {
    UUID a = account("alice", 400_000);
    UUID b = account("bob", 0);
    breaker().transitionToOpenState();
    int calls = FRAUD.calls();
    List<UUID> waiting = held(BALANCE_MAX + 8, a, b);
    assertThat(FRAUD.calls()).isEqualTo(calls);
    assertThat(meters.get("ledger.review.held").gauge().value()).isEqualTo(waiting.size());
    double repeats = repeats();

    breaker().reset();
    clock.advance(PAUSE_MAX);
    recovery.runOnce();

    assertThat(waiting).allSatisfy(id -> assertThat(status(id)).isEqualTo("POSTED"));
    assertThat(repeats()).isEqualTo(repeats);
    assertThat(meters.get("ledger.review.held").gauge().value()).isZero();
  }

  private List<UUID> held(int count, UUID debit, UUID credit) {
    return held(count, debit, credit, LARGE);
  }

  private List<UUID> held(int count, UUID debit, UUID credit, long minor) {
    return Stream.generate(UUID::randomUUID)
        .limit(count)
        .peek(id -> assertThat(transfer(alice(), id, debit, credit, minor).status()).isEqualTo(202))
        .map(LedgerUnderTest::transferOf)
        .toList();
  }

  private int callsOfOnePass() {
    int before = FRAUD.calls();
    breaker().reset();
    clock.advance(PAUSE_MAX);
    recovery.runOnce();
    return FRAUD.calls() - before;
  }

  private double repeats() {
    return meters.find("ledger.screening.call").tag("again", "true").counters().stream()
        .mapToDouble(Counter::count)
        .sum();
  }

  private CircuitBreaker breaker() {
    return breakers.circuitBreaker("fraud");
  }
}
