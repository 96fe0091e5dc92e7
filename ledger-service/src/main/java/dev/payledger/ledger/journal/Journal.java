package dev.payledger.ledger.journal;

import jakarta.annotation.PreDestroy;
import java.time.Duration;
import org.springframework.stereotype.Component;

/// Takes commands, returns committed outcomes. Many commands share a serializable transaction
/// (`GroupCommit`); callers cannot tell.
///
/// An expected "no" is an outcome. `JournalUnavailable` says that the command was not decided in time
/// and may be submitted again; `JournalDefect` says that a wall of the database held against a bug.
@Component
public class Journal {
  private final GroupCommit commits;

  Journal(JournalBatch batch, JournalProperties properties, JournalMetrics metrics) {
    this.commits = new GroupCommit(batch::attempt, properties, metrics);
  }

  /// Returns when the command is decided and its transaction committed.
  public <O> O submit(JournalCommand<O> command, Duration timeLeft) {
    return decide(command, timeLeft).outcome();
  }

  /// Also tells what the decision was taken on.
  <O> Decision<O> decide(JournalCommand<O> command, Duration timeLeft) {
    return commits.submit(command, timeLeft);
  }

  @PreDestroy
  void close() {
    commits.close();
  }
}
