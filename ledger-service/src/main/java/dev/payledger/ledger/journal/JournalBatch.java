package dev.payledger.ledger.journal;

import dev.payledger.kit.groupcommit.CommitOutcome;
import dev.payledger.ledger.command.JournalCommand;
import dev.payledger.ledger.journal.JournalReader.Locked;
import dev.payledger.ledger.journal.JournalReader.Locking;
import dev.payledger.ledger.plan.BatchPlan;
import dev.payledger.ledger.plan.CommandResult;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/// One batch in one serializable transaction: lock, plan, write.
///
/// A row that is locked is waited for as long as a peer's batch lasts (`lock_timeout` of the journal's
/// role). If that is not enough, the session that has it may keep it long: batches skip such rows and leave out the
/// commands that need them, until for a second none had to.
@Component
class JournalBatch {
  private static final String LOCK_NOT_AVAILABLE = "55P03";
  private static final long SKIPPING_NANOS = Duration.ofSeconds(1).toNanos();

  private final JournalConnections connections;
  private final Outbox outbox;
  private final JsonMapper json;
  private final DatabaseClock clock;

  /// On the monotonic clock.
  private volatile long skipsLockedUntil = System.nanoTime();

  JournalBatch(
      JournalConnections connections, Outbox outbox, JsonMapper json, DatabaseClock clock) {
    this.connections = connections;
    this.outbox = outbox;
    this.json = json;
    this.clock = clock;
  }

  /// Attempts it once.
  ///
  /// @return when it was committed, a decision for each command, in the same order; none for a command
  ///     whose rows somebody else has locked, of which nothing was written
  CommitOutcome<List<Optional<CommandResult<?>>>> attempt(List<JournalCommand<?>> commands) {
    if (System.nanoTime() - skipsLockedUntil >= 0) {
      var outcome = transaction(commands, Locking.WAIT);
      boolean isLocked =
          outcome instanceof CommitOutcome.Blocked<?>(Exception cause)
              && cause instanceof SQLException sql
              && LOCK_NOT_AVAILABLE.equals(sql.getSQLState());
      if (!isLocked) {
        return outcome;
      }
    }
    var outcome = transaction(commands, Locking.SKIP);
    if (outcome instanceof CommitOutcome.Committed(List<Optional<CommandResult<?>>> decisions)
        && decisions.stream().anyMatch(Optional::isEmpty)) {
      skipsLockedUntil = System.nanoTime() + SKIPPING_NANOS;
    }
    return outcome;
  }

  private CommitOutcome<List<Optional<CommandResult<?>>>> transaction(
      List<JournalCommand<?>> commands, Locking locking) {
    return connections.attemptAsWriter(
        tx -> {
          Locked locked = new JournalReader(tx.sql(), locking).read(commands);
          // After the locks: whoever had them before has stamped an earlier time.
          Instant now = clock.now(tx.sql());
          List<JournalCommand<?>> within = new ArrayList<>(commands);
          within.removeAll(locked.outOfReach());
          BatchPlan plan = BatchPlan.of(within, locked.rows(), now);
          StatementPipeline writes = new StatementPipeline();
          new JournalWriter(writes, json).write(plan.writes(), now);
          outbox.append(writes, plan.writes().events);
          writes.run(tx);
          Iterator<CommandResult<?>> decisions = plan.decisions().iterator();
          return commands.stream()
              .<Optional<CommandResult<?>>>map(
                  command ->
                      locked.outOfReach().contains(command)
                          ? Optional.empty()
                          : Optional.of(decisions.next()))
              .toList();
        });
  }
}
