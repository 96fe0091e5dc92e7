package dev.payledger.ledger.journal;

import dev.payledger.ledger.journal.JournalCommand.HoldFunds;
import dev.payledger.ledger.journal.JournalCommand.HoldOutcome;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/// What the journal would say to a hold now: planned like any other, and thrown away. Nothing is locked
/// or written, so the next moment may be another.
public final class DryRun {
  private final JdbcClient sql;
  private final DatabaseClock clock;

  /// @param sql of the application's role: the journal's own connections are for what it writes
  public DryRun(JdbcClient sql, DatabaseClock clock) {
    this.sql = sql;
    this.clock = clock;
  }

  /// @param command not a reversal
  /// @return null when it would be held
  public @Nullable RejectionReason whyNot(HoldFunds command) {
    BatchPlan plan =
        BatchPlan.of(List.of(command), JournalTables.look(sql, command.legs()), clock.now(sql));
    return plan.decisions().getFirst().outcome() instanceof HoldOutcome.Rejected(_, var reason)
        ? reason
        : null;
  }
}
