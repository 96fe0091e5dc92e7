package dev.payledger.ledger.journal;

import dev.payledger.kit.groupcommit.CommitDefectException;
import dev.payledger.kit.groupcommit.CommitUnavailableException;
import dev.payledger.kit.groupcommit.GroupCommit;
import dev.payledger.kit.groupcommit.GroupCommitMetrics;
import dev.payledger.ledger.command.JournalCommand;
import dev.payledger.ledger.plan.CommandResult;
import io.micrometer.core.instrument.MeterRegistry;
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
  private final GroupCommit<JournalCommand<?>, CommandResult<?>> commits;

  /// A batch is bounded by legs: they are the rows that a transaction has to write before its time-out.
  Journal(JournalBatch batch, JournalProperties properties, MeterRegistry meters) {
    this.commits =
        new GroupCommit<>(
            "journal",
            JournalCommand::legCount,
            batch::attempt,
            properties.limits(),
            new GroupCommitMetrics(meters, "ledger.journal"));
  }

  /// Returns when the command is decided and its transaction committed.
  public <O> O submit(JournalCommand<O> command, Duration remaining) {
    return decide(command, remaining).outcome();
  }

  /// Also tells what the decision was taken on.
  // The planner answers each command with an outcome of the command's own type.
  @SuppressWarnings("unchecked")
  <O> CommandResult<O> decide(JournalCommand<O> command, Duration remaining) {
    try {
      return (CommandResult<O>) commits.submit(command, remaining);
    } catch (CommitUnavailableException e) {
      throw new JournalUnavailable(e.outcomeUnknown(), e);
    } catch (CommitDefectException e) {
      throw new JournalDefect(e);
    }
  }

  @PreDestroy
  void close() {
    commits.close();
  }
}
