package dev.payledger.ledger.journal;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;

/// Configuration of the journal.
///
/// @param connectionsMax connections of the journal's own pool, at least 1; the writer uses one
/// @param queueMax commands that may wait, at least 1; one more is refused at once
/// @param batchMax legs in one transaction, at least 1; a command with more is alone in it
/// @param attemptsMax attempts at one batch before it is halved or given up, at least 1
/// @param backoffBase wait before the second attempt is random below this; doubles with each
/// @param backoffMax bound of that wait
/// @param lockPatience how long a command is tried again whose rows somebody else has locked; beyond the
///     transactions of our own, which last some milliseconds
/// @param postponedMax commands that may wait for such rows, at least 1; one more is told that the
///     ledger is unavailable
@ConfigurationProperties("payledger.journal")
record JournalProperties(
    String url,
    String username,
    String password,
    int connectionsMax,
    int queueMax,
    int batchMax,
    int attemptsMax,
    Duration backoffBase,
    Duration backoffMax,
    Duration lockPatience,
    int postponedMax) {
  JournalProperties {
    if (connectionsMax < 1 || queueMax < 1 || batchMax < 1 || attemptsMax < 1 || postponedMax < 1) {
      throw new IllegalArgumentException(
          "connections-max, queue-max, batch-max, attempts-max and postponed-max must be at least 1");
    }
    if (lockPatience.isNegative()) {
      throw new IllegalArgumentException("lock-patience must not be negative");
    }
    if (backoffBase.isNegative() || backoffMax.compareTo(backoffBase) < 0) {
      throw new IllegalArgumentException("backoff-max must not be below backoff-base");
    }
  }
}
