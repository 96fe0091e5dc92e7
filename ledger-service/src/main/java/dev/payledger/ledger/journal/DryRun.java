package dev.payledger.ledger.journal;

import dev.payledger.ledger.command.JournalCommand;
import dev.payledger.ledger.command.JournalCommand.CaptureHold;
import dev.payledger.ledger.command.JournalCommand.ChangeOutcome;
import dev.payledger.ledger.command.JournalCommand.ChangeTransfer;
import dev.payledger.ledger.command.JournalCommand.HoldFunds;
import dev.payledger.ledger.command.JournalCommand.HoldOutcome;
import dev.payledger.ledger.journal.JournalReader.Locking;
import dev.payledger.ledger.money.Money;
import dev.payledger.ledger.money.RejectionReason;
import dev.payledger.ledger.plan.BatchPlan;
import dev.payledger.ledger.plan.CommandResult;
import dev.payledger.ledger.plan.LockedRows;
import dev.payledger.ledger.plan.PlannedWrites.NewTransfer;
import dev.payledger.ledger.plan.TransferState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/// What the journal would answer to commands now: planned like any other batch, on one snapshot, and thrown
/// away. Nothing is locked or written, so the next moment may be another.
public final class DryRun {
  private final JdbcClient sql;
  private final DatabaseClock clock;
  private final TransactionTemplate snapshot;

  /// @param sql of the application's role: the journal's own connections are for what it writes
  public DryRun(JdbcClient sql, DatabaseClock clock, PlatformTransactionManager transactions) {
    this.sql = sql;
    this.clock = clock;
    this.snapshot = new TransactionTemplate(transactions);
    this.snapshot.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
    this.snapshot.setReadOnly(true);
  }

  public sealed interface Outcome {
    /// @param money that would be held, captured, released or reversed
    record Accepted(Money money) implements Outcome {}

    record Rejected(RejectionReason reason) implements Outcome {}
  }

  /// What would become of a new transfer, or of each of several, after those before it.
  public List<Outcome> ofHolds(List<HoldFunds> commands) {
    BatchPlan plan = plan(commands).batch();
    Map<UUID, NewTransfer> planned =
        plan.writes().transfers.stream()
            .collect(Collectors.toMap(each -> each.command().id(), Function.identity()));
    List<Outcome> outcomes = new ArrayList<>();
    for (CommandResult<?> decision : plan.decisions()) {
      outcomes.add(
          switch (decision.outcome()) {
            // With the amounts that were found where all that is left was asked for.
            case HoldOutcome.Held(UUID id, _) ->
                new Outcome.Accepted(Objects.requireNonNull(planned.get(id)).command().money());
            case HoldOutcome.Rejected(_, RejectionReason reason) -> new Outcome.Rejected(reason);
            case Object other -> throw new IllegalStateException("to a new id: " + other);
          });
    }
    return outcomes;
  }

  /// What would become of a change of a transfer.
  public Outcome ofChange(ChangeTransfer command) {
    Planned planned = plan(List.of(command));
    return switch (planned.batch().decisions().getFirst().outcome()) {
      case ChangeOutcome.Accepted(), ChangeOutcome.Requested() -> {
        TransferState transfer =
            Objects.requireNonNull(planned.rows().transfers().get(command.transferId()));
        long amountMinor =
            command instanceof CaptureHold capture && capture.amountMinor() != null
                ? capture.amountMinor()
                : transfer.leftMinor();
        yield new Outcome.Accepted(new Money(amountMinor, transfer.terms().money().currency()));
      }
      case ChangeOutcome.Rejected(RejectionReason reason) -> new Outcome.Rejected(reason);
      case Object other -> throw new IllegalStateException("to a new id: " + other);
    };
  }

  private record Planned(LockedRows rows, BatchPlan batch) {}

  private Planned plan(List<? extends JournalCommand<?>> commands) {
    return Objects.requireNonNull(
        snapshot.execute(
            status -> {
              List<JournalCommand<?>> asked = List.copyOf(commands);
              LockedRows rows = new JournalReader(sql, Locking.NONE).read(asked).rows();
              return new Planned(rows, BatchPlan.of(asked, rows, clock.now(sql)));
            }));
  }
}
