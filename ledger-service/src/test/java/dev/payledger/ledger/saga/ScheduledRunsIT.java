package dev.payledger.ledger.saga;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.payledger.ledger.LedgerUnderTest;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.scheduling.config.ScheduledTaskHolder;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.TestPropertySource;

/// The scheduled runs beside each other, at the pace of production.
@DirtiesContext
@TestPropertySource(
    properties = {
      "payledger.saga.recovery-interval=250ms",
      "payledger.audit.interval=1s",
      "resilience4j.timelimiter.instances.fraud.timeout-duration=4s"
    })
class ScheduledRunsIT extends LedgerUnderTest {
  private static final Duration SLOW = Duration.ofMillis(700);

  /// One after the other would be 1.4; a quiet machine makes some 40.
  private static final double AT_LEAST_PER_SECOND = 10;

  private static final int RELEASES = 160;
  private static final Duration SOON = Duration.ofSeconds(60);

  @Autowired private ThreadPoolTaskScheduler scheduler;
  @Autowired private ScheduledTaskHolder tasks;

  @AfterEach
  void fraudIsQuickAgain() {
    FRAUD.takes(Duration.ZERO, Duration.ZERO);
  }

  @Test
  void everyRunHasAThread() {
    assertThat(tasks.getScheduledTasks()).hasSizeGreaterThanOrEqualTo(3);
    assertThat(scheduler.getScheduledThreadPoolExecutor().getCorePoolSize())
        .isGreaterThanOrEqualTo(tasks.getScheduledTasks().size());
  }

  /// The best of three: what else the machine does is no matter of the ledger's.
  @Test
  void slowReleasesAreManyPerSecondAndDelayNoRecovery() {
    FRAUD.takes(Duration.ZERO, SLOW);
    double perSecond = 0;
    Duration recovered = Duration.ofHours(1);
    for (int attempt = 0; attempt < 3; attempt++) {
      UUID a = account("alice", 20_000);
      UUID b = account("bob", 0);
      oweReleases();
      long began = System.nanoTime();
      await().atMost(SOON).pollInterval(Duration.ofMillis(10)).until(() -> owed() < RELEASES);
      long asked = System.nanoTime();
      UUID left = heldBySomebodyElse(a, b, 10, clock.instant());
      await()
          .atMost(SOON)
          .pollInterval(Duration.ofMillis(10))
          .until(
              () -> value(Long.class, "SELECT epoch FROM saga WHERE transfer_id = ?", left) == 2);
      Duration delay = Duration.ofNanos(System.nanoTime() - asked);
      assertThat(owed()).as("releases are still under way").isPositive();
      await().atMost(SOON).pollInterval(Duration.ofMillis(10)).until(() -> owed() == 0);
      perSecond = Math.max(perSecond, RELEASES / ((System.nanoTime() - began) / 1e9));
      recovered = delay.compareTo(recovered) < 0 ? delay : recovered;
    }

    System.out.printf("releases/s %.1f, recovery after %s%n", perSecond, recovered);
    assertThat(recovered).isLessThan(Duration.ofSeconds(1));
    assertThat(perSecond).isGreaterThan(AT_LEAST_PER_SECOND);
  }

  private static long owed() {
    return value(Long.class, "SELECT count(*) FROM screening_release WHERE released_at IS NULL");
  }

  /// For transfers that ended long ago; fraud-service takes a release of any.
  private void oweReleases() {
    superuser(
        """
        SET session_replication_role = replica;
        INSERT INTO screening_release (transfer_id, due_at)
          SELECT gen_random_uuid(), '%s' FROM generate_series(1, %d)
        """
            .formatted(clock.instant(), RELEASES));
  }
}
