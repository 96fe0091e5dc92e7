package dev.payledger.ledger.journal;

import dev.payledger.contracts.AccountEntryEvent;
import dev.payledger.contracts.AccountEvent;
import dev.payledger.contracts.TransferEvent;
import dev.payledger.ledger.journal.JournalCommand.HoldFunds;
import dev.payledger.ledger.journal.JournalCommand.HoldOutcome;
import dev.payledger.ledger.journal.JournalCommand.OpenAccount;
import dev.payledger.ledger.journal.JournalCommand.OpenOutcome;
import dev.payledger.ledger.journal.JournalCommand.PostOutcome;
import dev.payledger.ledger.journal.JournalCommand.PostTransfer;
import dev.payledger.ledger.journal.JournalCommand.TurnBack;
import dev.payledger.ledger.journal.JournalCommand.TurnOutcome;
import dev.payledger.ledger.journal.JournalCommand.VoidHold;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/// Takes commands, returns committed outcomes. One command per serializable transaction for now;
/// callers cannot tell, so that many may share one later.
///
/// An expected "no" is an outcome. `JournalUnavailable` says that the command was not decided in time
/// and may be submitted again; `JournalDefect` says that a wall of the database held against a bug.
@Component
public class Journal {
  /// The saga's reason when its time was over; the others are rejections.
  private static final String EXPIRED = "transfer-expired";

  private final JournalConnections connections;
  private final Outbox outbox;
  private final JsonMapper json;
  private final Clock clock;
  private final Attempts attempts;
  private final Turns turns = new Turns(1024);

  Journal(
      JournalConnections connections,
      Outbox outbox,
      JsonMapper json,
      Clock clock,
      JournalProperties properties) {
    this.connections = connections;
    this.outbox = outbox;
    this.json = json;
    this.clock = clock;
    this.attempts = new Attempts(properties);
  }

  public OpenOutcome submit(OpenAccount command, Duration timeLeft) {
    return decide(timeLeft, tx -> open(tx, command), command.id());
  }

  public HoldOutcome submit(HoldFunds command, Duration timeLeft) {
    return decide(
        timeLeft, tx -> hold(tx, command), command.debitAccountId(), command.creditAccountId());
  }

  public PostOutcome submit(PostTransfer command, TransferAccounts accounts, Duration timeLeft) {
    return decide(timeLeft, tx -> post(tx, command), accounts.debit(), accounts.credit());
  }

  public TurnOutcome submit(TurnBack command, Duration timeLeft) {
    return decide(timeLeft, tx -> turnBack(tx, command), command.transferId());
  }

  public TurnOutcome submit(VoidHold command, TransferAccounts accounts, Duration timeLeft) {
    return decide(timeLeft, tx -> voidHold(tx, command), accounts.debit(), accounts.credit());
  }

  /// The accounts that a transfer will touch, which the caller knows already: they say whose turn to
  /// wait for before the transaction begins.
  public record TransferAccounts(UUID debit, UUID credit) {}

  private <T> T decide(Duration timeLeft, Function<JournalTransaction, T> work, UUID... turnKeys) {
    long deadline = System.nanoTime() + timeLeft.toNanos();
    Turns.Turn turn = turns.take(timeLeft, turnKeys);
    if (turn == null) {
      throw new JournalUnavailable(
          false, new IllegalStateException("no turn within the time left"));
    }
    try (turn) {
      return attempts.run(deadline, () -> connections.attempt(work));
    }
  }

  private OpenOutcome open(JournalTransaction tx, OpenAccount command) {
    JournalTables tables = new JournalTables(tx);
    Optional<Fingerprint> earlier = tables.command(command.id());
    if (earlier.isPresent()) {
      return earlier.get().equals(command.fingerprint())
          ? new OpenOutcome.Opened(command.id())
          : new OpenOutcome.IdReused();
    }
    Instant now = now();
    tables.recordCommand(command.id(), "open-account", command.fingerprint(), true, now);
    tables.openAccount(command, now);
    outbox.accountOpened(
        tx,
        new AccountEvent(command.id(), command.owner(), command.name(), command.currency(), now));
    return new OpenOutcome.Opened(command.id());
  }

  private HoldOutcome hold(JournalTransaction tx, HoldFunds command) {
    JournalTables tables = new JournalTables(tx);
    Optional<Fingerprint> earlier = tables.command(command.id());
    if (earlier.isPresent()) {
      return earlier.get().equals(command.fingerprint())
          ? new HoldOutcome.Replayed(command.id())
          : new HoldOutcome.IdReused();
    }
    Map<UUID, AccountState> accounts =
        tables.lockAccounts(command.debitAccountId(), command.creditAccountId());
    AccountState debit =
        Objects.requireNonNull(
            accounts.get(command.debitAccountId()), "the caller owns the debit account");
    RejectionReason rejection =
        TransferPlan.whyNotHold(
            debit, accounts.get(command.creditAccountId()), command.money(), command.byOperator());
    Instant now = now();
    tables.recordCommand(
        command.id(), "create-transfer", command.fingerprint(), rejection == null, now);
    tables.createTransfer(command, rejection, json.writeValueAsString(command.metadata()), now);
    outbox.transfer(
        tx,
        new TransferEvent(
            command.id(),
            1,
            rejection == null ? TransferEvent.Status.PENDING : TransferEvent.Status.REJECTED,
            command.debitAccountId(),
            command.creditAccountId(),
            command.money().amountMinor(),
            command.money().currency(),
            TransferEvent.Screening.PENDING,
            rejection == null ? null : rejection.code(),
            now),
        command.traceparent());
    if (rejection != null) {
      return new HoldOutcome.Rejected(command.id(), rejection);
    }
    tables.hold(command, now);
    return new HoldOutcome.Held(command.id(), 1);
  }

  private PostOutcome post(JournalTransaction tx, PostTransfer command) {
    JournalTables tables = new JournalTables(tx);
    TransferState transfer = locked(tables, command.transferId());
    // Also the answer to an attempt that is repeated because the first one's outcome was unknown.
    if (!isMine(transfer, TransferState.SagaStep.SCREEN, command.epoch())
        || !tables.isHoldLive(transfer)) {
      return new PostOutcome.Fenced();
    }
    Map<UUID, AccountState> accounts =
        tables.lockAccounts(transfer.debitAccountId(), transfer.creditAccountId());
    AccountState debit = Objects.requireNonNull(accounts.get(transfer.debitAccountId()));
    AccountState credit = Objects.requireNonNull(accounts.get(transfer.creditAccountId()));
    RejectionReason reason = TransferPlan.whyNotCredit(credit, transfer.money());
    if (reason != null) {
      return new PostOutcome.CannotPost(reason);
    }
    long amountMinor = transfer.money().amountMinor();
    if (command.allowance() != null
        && !tables.useAllowance(debit.id(), command.allowance(), amountMinor)) {
      return new PostOutcome.AllowanceExhausted();
    }
    boolean isScreened = command.allowance() == null;
    Instant postedAt = notBefore(notBefore(now(), debit.lastPostedAt()), credit.lastPostedAt());
    tables.moveSaga(
        transfer.id(),
        command.epoch(),
        TransferState.SagaStep.SCREEN,
        TransferState.SagaStep.DONE,
        null);
    tables.endHold(transfer, "CAPTURED", amountMinor, postedAt);
    UUID entry = DerivedId.of(transfer.id(), "entry", 1);
    tables.post(transfer, entry, postedAt);
    writeLine(tx, tables, transfer, entry, debit, AccountEntryEvent.Side.DEBIT, postedAt);
    writeLine(tx, tables, transfer, entry, credit, AccountEntryEvent.Side.CREDIT, postedAt);
    finish(
        tx,
        tables,
        transfer,
        TransferEvent.Status.POSTED,
        null,
        isScreened ? TransferEvent.Screening.APPROVED : TransferEvent.Screening.SKIPPED,
        postedAt);
    return new PostOutcome.Posted();
  }

  private void writeLine(
      JournalTransaction tx,
      JournalTables tables,
      TransferState transfer,
      UUID entry,
      AccountState account,
      AccountEntryEvent.Side side,
      Instant postedAt) {
    long amountMinor = transfer.money().amountMinor();
    long signedMinor = side == AccountEntryEvent.Side.DEBIT ? -amountMinor : amountMinor;
    long balanceAfterMinor = Math.addExact(account.balanceMinor(), signedMinor);
    long seq = account.lineCount() + 1;
    tables.writeLine(account.id(), seq, entry, side.name(), balanceAfterMinor);
    outbox.accountEntry(
        tx,
        new AccountEntryEvent(
            account.id(),
            seq,
            entry,
            transfer.id(),
            side,
            amountMinor,
            transfer.money().currency(),
            balanceAfterMinor,
            postedAt),
        transfer.traceparent());
  }

  private TurnOutcome turnBack(JournalTransaction tx, TurnBack command) {
    RejectionReason rejection = command.rejection();
    boolean isMoved =
        new JournalTables(tx)
            .moveSaga(
                command.transferId(),
                command.epoch(),
                TransferState.SagaStep.SCREEN,
                TransferState.SagaStep.COMPENSATE,
                rejection == null ? EXPIRED : rejection.code());
    return isMoved ? new TurnOutcome.Turned() : new TurnOutcome.Fenced();
  }

  private TurnOutcome voidHold(JournalTransaction tx, VoidHold command) {
    JournalTables tables = new JournalTables(tx);
    TransferState transfer = locked(tables, command.transferId());
    if (!isMine(transfer, TransferState.SagaStep.COMPENSATE, command.epoch())
        || !tables.isHoldLive(transfer)) {
      return new TurnOutcome.Fenced();
    }
    tables.lockAccounts(transfer.debitAccountId(), transfer.creditAccountId());
    String reason = Objects.requireNonNull(transfer.reason());
    boolean isExpired = reason.equals(EXPIRED);
    Instant now = now();
    tables.moveSaga(
        transfer.id(),
        command.epoch(),
        TransferState.SagaStep.COMPENSATE,
        TransferState.SagaStep.DONE,
        reason);
    tables.endHold(transfer, isExpired ? "EXPIRED" : "VOIDED", 0, now);
    tables.release(transfer);
    if (command.releaseOwed()) {
      tables.oweRelease(transfer.id(), now);
    }
    finish(
        tx,
        tables,
        transfer,
        isExpired ? TransferEvent.Status.EXPIRED : TransferEvent.Status.REJECTED,
        isExpired ? null : reason,
        reason.equals(RejectionReason.FRAUD_DECLINED.code())
            ? TransferEvent.Screening.DECLINED
            : TransferEvent.Screening.PENDING,
        now);
    return new TurnOutcome.Turned();
  }

  private void finish(
      JournalTransaction tx,
      JournalTables tables,
      TransferState transfer,
      TransferEvent.Status status,
      @Nullable String rejection,
      TransferEvent.Screening screening,
      Instant finishedAt) {
    tables.finish(transfer, status.name(), rejection, screening.name(), finishedAt);
    outbox.transfer(
        tx,
        new TransferEvent(
            transfer.id(),
            transfer.eventCount() + 1,
            status,
            transfer.debitAccountId(),
            transfer.creditAccountId(),
            transfer.money().amountMinor(),
            transfer.money().currency(),
            screening,
            rejection,
            finishedAt),
        transfer.traceparent());
  }

  private static TransferState locked(JournalTables tables, UUID transfer) {
    return tables
        .lockTransfer(transfer)
        .orElseThrow(() -> new IllegalStateException("no saga of transfer " + transfer));
  }

  private static boolean isMine(TransferState transfer, TransferState.SagaStep step, long epoch) {
    return transfer.isPending() && transfer.step() == step && transfer.epoch() == epoch;
  }

  /// The database keeps microseconds; what is stored and what is said must be the same instant.
  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }

  /// An account's history never goes back in time, whatever the clocks of two machines say.
  private static Instant notBefore(Instant instant, Instant bound) {
    return instant.isBefore(bound) ? bound : instant;
  }
}
