package dev.payledger.ledger.journal;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/// One batch in one serializable transaction: lock, plan, write.
@Component
class JournalBatch {
  private final JournalConnections connections;
  private final Outbox outbox;
  private final JsonMapper json;
  private final Clock clock;

  JournalBatch(JournalConnections connections, Outbox outbox, JsonMapper json, Clock clock) {
    this.connections = connections;
    this.outbox = outbox;
    this.json = json;
    this.clock = clock;
  }

  /// Attempts it once.
  ///
  /// @return a decision for each command, in the same order, when it was committed
  CommitOutcome<List<Decision<?>>> attempt(List<JournalCommand<?>> commands) {
    return connections.attemptInTurn(
        tx -> {
          LockedRows rows = new JournalTables(tx).lock(commands);
          // The database keeps microseconds; what is stored and what is said must be the same.
          Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
          BatchPlan plan = BatchPlan.of(commands, rows, now);
          Pipeline writes = new Pipeline();
          new JournalWrites(writes, json).write(plan.writes(), now);
          outbox.append(writes, plan.writes().events);
          writes.run(tx);
          return plan.decisions();
        });
  }
}
