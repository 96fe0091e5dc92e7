package dev.payledger.ledger.saga;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.ledger.FraudDouble.Mood;
import dev.payledger.ledger.LedgerUnderTest;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;

/// What the tests of sagas share: times, amounts, and a new hour before each of them. A transfer of
/// up to 5,000 may pass unscreened, 15,000 per account and hour.
abstract class SagaFixture extends LedgerUnderTest {
  static final Duration TIME = Duration.ofSeconds(20);
  static final Duration LEASE = Duration.ofSeconds(10);
  static final Duration PAUSE_MAX = Duration.ofSeconds(30);
  static final long SMALL = 5_000;
  static final long LARGE = 5_001;

  @Autowired RecoveryRun recovery;

  /// Accounts have a new allowance each hour: none begins in the middle of a test.
  @BeforeEach
  void anHourBegins() {
    clock.set(startOfNextHour());
  }

  /// Sagas that a test left unfinished end here, and do not disturb the next test.
  @AfterEach
  void everySagaEnds() {
    FRAUD.become(Mood.APPROVES);
    breaker().reset();
    for (int pass = 0; pass < 10; pass++) {
      clock.advance(LEASE.plus(PAUSE_MAX).plusMillis(1));
      if (recovery.runOnce() == 0) {
        return;
      }
    }
    throw new AssertionError("sagas left unfinished");
  }

  CircuitBreaker breaker() {
    return breakers.circuitBreaker("fraud");
  }

  void assertMoney(UUID account, long balanceMinor, long heldMinor) {
    assertThat(balanceMinor(account)).as("balance").isEqualTo(balanceMinor);
    assertThat(heldMinor(account)).as("held").isEqualTo(heldMinor);
  }

  static String screening(UUID transfer) {
    return value(String.class, "SELECT screening FROM transfer WHERE id = ?", transfer);
  }

  static String hold(UUID transfer) {
    return value(String.class, "SELECT status FROM hold WHERE transfer_id = ?", transfer);
  }

  static long entries(UUID transfer) {
    return value(Long.class, "SELECT count(*) FROM journal_entry WHERE transfer_id = ?", transfer);
  }

  static boolean releaseOwed(UUID transfer) {
    return value(
        Boolean.class,
        "SELECT released_at IS NULL FROM screening_release WHERE transfer_id = ?",
        transfer);
  }
}
