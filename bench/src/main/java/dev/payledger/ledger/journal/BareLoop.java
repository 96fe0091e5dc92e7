package dev.payledger.ledger.journal;

import dev.payledger.ledger.command.JournalCommand;
import dev.payledger.ledger.command.JournalCommand.HoldFunds;
import dev.payledger.ledger.command.JournalCommand.HoldOutcome;
import dev.payledger.ledger.command.JournalCommand.PostOutcome;
import dev.payledger.ledger.command.JournalCommand.PostTransfer;
import dev.payledger.ledger.journal.JournalReader.Locking;
import dev.payledger.ledger.plan.BatchPlan;
import dev.payledger.ledger.plan.CommandResult;
import dev.payledger.ledger.plan.LockedRows;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/// The journal's statements and plan with nothing around them. In the journal's package, because they
/// are nobody else's.
public final class BareLoop implements AutoCloseable {
  private final Connection connection;
  private final Clock clock;
  private final JsonMapper json = JsonMapper.builder().build();
  private final JournalTransaction tx;
  private List<PostTransfer> held = List.of();

  /// @param connection of the journal's role, serializable; closed with this
  public BareLoop(Connection connection, Clock clock) {
    this.connection = connection;
    this.clock = clock;
    this.tx = JournalTransaction.on(connection);
  }

  /// One transaction: posts what the one before has held, holds more.
  ///
  /// @return the transfers it posted
  public int run(List<HoldFunds> holds) throws SQLException {
    List<JournalCommand<?>> commands = new ArrayList<>(held);
    commands.addAll(holds);
    LockedRows rows = new JournalReader(tx.sql(), Locking.WAIT).read(commands).rows();
    Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
    BatchPlan plan = BatchPlan.of(commands, rows, now);
    StatementPipeline writes = new StatementPipeline();
    new JournalWriter(writes, json).write(plan.writes(), now);
    new Outbox(json).append(writes, plan.writes().events);
    writes.run(tx);
    connection.commit();
    for (CommandResult<?> decision : plan.decisions()) {
      if (!(decision.outcome() instanceof HoldOutcome.Held
          || decision.outcome() instanceof PostOutcome.Posted)) {
        throw new IllegalStateException("neither held nor posted: " + decision);
      }
    }
    int posted = held.size();
    held = holds.stream().map(hold -> new PostTransfer(hold.id(), 1, 1, null)).toList();
    return posted;
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
