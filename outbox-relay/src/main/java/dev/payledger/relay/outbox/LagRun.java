package dev.payledger.relay.outbox;

import dev.payledger.relay.outbox.LedgerDatabase.Backlog;
import java.time.Clock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/// Measures now and then how far the relay is behind. Only the relay that tails knows.
@Component
class LagRun {
  private static final Logger LOG = LoggerFactory.getLogger(LagRun.class);

  private final RelayRun relay;
  private final LedgerDatabase ledger;
  private final RelayMetrics metrics;
  private final Clock clock;

  LagRun(RelayRun relay, LedgerDatabase ledger, RelayMetrics metrics, Clock clock) {
    this.relay = relay;
    this.ledger = ledger;
    this.metrics = metrics;
    this.clock = clock;
  }

  @Scheduled(fixedDelay = 2_000)
  void runOnce() {
    try {
      ReplicationSlot slot = ledger.slot();
      long position = relay.publishedPosition();
      if (slot != null) {
        Backlog backlog =
            position == RelayRun.UNKNOWN ? Backlog.NONE : ledger.behind(position, clock.instant());
        metrics.measured(backlog, slot.retainedBytes());
      }
    } catch (DataAccessException e) {
      LOG.debug("The lag is not known now: {}", e.getMessage());
    }
  }
}
