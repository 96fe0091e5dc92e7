package dev.payledger.ledger.journal;

import dev.payledger.kit.groupcommit.GroupCommitLimits;
import dev.payledger.kit.retry.FullJitter;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;

/// Configuration of the journal.
///
/// @param connectionsMax connections of the journal's own pool, at least 1; the writer uses one
/// @param queueMax and what follows: the limits of the group commit (`GroupCommitLimits`)
/// @param batchMax legs in one transaction, at least 1; a command with more is alone in it
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
    if (connectionsMax < 1) {
      throw new IllegalArgumentException("connections-max must be at least 1");
    }
  }

  GroupCommitLimits limits() {
    return new GroupCommitLimits(
        queueMax,
        batchMax,
        attemptsMax,
        new FullJitter(backoffBase, backoffMax),
        lockPatience,
        postponedMax);
  }
}
