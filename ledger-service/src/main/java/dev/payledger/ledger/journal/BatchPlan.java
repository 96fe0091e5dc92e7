package dev.payledger.ledger.journal;

import dev.payledger.contracts.AccountEntryEvent;
import dev.payledger.contracts.AccountEvent;
import dev.payledger.contracts.TransferEvent;
import dev.payledger.ledger.journal.JournalCommand.HoldFunds;
import dev.payledger.ledger.journal.JournalCommand.HoldOutcome;
import dev.payledger.ledger.journal.JournalCommand.OfflineAllowance;
import dev.payledger.ledger.journal.JournalCommand.OpenAccount;
import dev.payledger.ledger.journal.JournalCommand.OpenOutcome;
import dev.payledger.ledger.journal.JournalCommand.PostOutcome;
import dev.payledger.ledger.journal.JournalCommand.PostTransfer;
import dev.payledger.ledger.journal.JournalCommand.TurnBack;
import dev.payledger.ledger.journal.JournalCommand.TurnOutcome;
import dev.payledger.ledger.journal.JournalCommand.VoidHold;
import dev.payledger.ledger.journal.LockedRows.AllowanceKey;
import dev.payledger.ledger.journal.LockedRows.KnownCommand;
import dev.payledger.ledger.journal.PlannedWrites.Ended;
import dev.payledger.ledger.journal.PlannedWrites.Entry;
import dev.payledger.ledger.journal.PlannedWrites.Line;
import dev.payledger.ledger.journal.PlannedWrites.NewCommand;
import dev.payledger.ledger.journal.PlannedWrites.NewTransfer;
import dev.payledger.ledger.journal.TransferState.SagaStep;
import dev.payledger.ledger.journal.TransferState.Status;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Decides the commands of one batch in memory, in the order of their arrival: each sees what those
/// before it have done. A pure function of the locked rows, the commands and one instant; a rejection
/// touches nobody else's outcome.
///
/// What it decides is written afterwards as it stands here. The database's constraints are the
/// second wall: were a rule here wrong, the batch would fail and not the books.
final class BatchPlan {
  /// The saga's reason when its time was over; the others are rejections.
  private static final String EXPIRED = "transfer-expired";

  private final Instant now;
  private final Map<UUID, KnownCommand> commands;
  private final Map<UUID, TransferState> transfers;
  private final Map<UUID, AccountState> accounts;
  private final Map<AllowanceKey, Long> allowancesMinor;
  private final PlannedWrites writes = new PlannedWrites();
  private final List<Decision<?>> decisions = new ArrayList<>();

  private BatchPlan(LockedRows rows, Instant now) {
    this.now = now;
    this.commands = new HashMap<>(rows.commands());
    this.transfers = new HashMap<>(rows.transfers());
    this.accounts = new HashMap<>(rows.accounts());
    this.allowancesMinor = new HashMap<>(rows.allowancesMinor());
  }

  /// @param now the database's microseconds at most
  static BatchPlan of(List<JournalCommand<?>> commands, LockedRows rows, Instant now) {
    BatchPlan plan = new BatchPlan(rows, now);
    for (JournalCommand<?> command : commands) {
      plan.decisions.add(plan.decide(command));
    }
    plan.writes.changed(rows, plan.accounts, plan.transfers);
    return plan;
  }

  /// One for each command, in the same order.
  List<Decision<?>> decisions() {
    return decisions;
  }

  PlannedWrites writes() {
    return writes;
  }

  private Decision<?> decide(JournalCommand<?> command) {
    return switch (command) {
      case OpenAccount open -> open(open);
      case HoldFunds hold -> hold(hold);
      case PostTransfer post -> post(post);
      case TurnBack turn -> turnBack(turn);
      case VoidHold end -> voidHold(end);
    };
  }

  private Decision<OpenOutcome> open(OpenAccount command) {
    KnownCommand known = commands.get(command.id());
    if (known != null) {
      return Decision.of(
          known.fingerprint().equals(command.fingerprint())
              ? new OpenOutcome.Opened(command.id())
              : new OpenOutcome.IdReused());
    }
    remember(command.id(), "open-account", command.fingerprint(), true, null);
    writes.accounts.add(command);
    writes.events.add(
        OutboxEvent.of(
            new AccountEvent(
                command.id(), command.owner(), command.name(), command.currency(), now)));
    return Decision.of(new OpenOutcome.Opened(command.id()));
  }

  private Decision<HoldOutcome> hold(HoldFunds command) {
    KnownCommand known = commands.get(command.id());
    if (known != null) {
      return Decision.of(recognised(command, known));
    }
    AccountState debit = account(command.debitAccountId());
    AccountState credit = accounts.get(command.creditAccountId());
    RejectionReason rejection = whyNotHold(command, debit, credit);
    boolean isHeld = rejection == null;
    remember(
        command.id(),
        "create-transfer",
        command.fingerprint(),
        isHeld,
        isHeld ? command.sagaOwner() : null);
    writes.transfers.add(new NewTransfer(command, rejection, now));
    writes.events.add(
        OutboxEvent.of(
            new TransferEvent(
                command.id(),
                1,
                isHeld ? TransferEvent.Status.PENDING : TransferEvent.Status.REJECTED,
                command.debitAccountId(),
                command.creditAccountId(),
                command.money().amountMinor(),
                0,
                command.money().currency(),
                null,
                TransferEvent.Screening.PENDING,
                rejection == null ? null : rejection.code(),
                command.reverses(),
                now),
            command.traceparent()));
    Map<UUID, Long> decidedOn = new HashMap<>();
    decidedOn.put(debit.id(), debit.version());
    if (credit != null) {
      decidedOn.put(credit.id(), credit.version());
    }
    if (rejection != null) {
      return new Decision<>(new HoldOutcome.Rejected(command.id(), rejection), decidedOn);
    }
    reverse(command.reverses(), command.money().amountMinor(), 0);
    change(debit.afterDebitHeld(command.money().amountMinor()));
    change(account(command.creditAccountId()).afterCreditExpected(command.money().amountMinor()));
    return new Decision<>(new HoldOutcome.Held(command.id(), 1), decidedOn);
  }

  private @Nullable RejectionReason whyNotHold(
      HoldFunds command, AccountState debit, @Nullable AccountState credit) {
    UUID original = command.reverses();
    RejectionReason onReversal =
        original == null
            ? null
            : TransferPlan.whyNotReverse(transfers.get(original), command.money());
    return onReversal == null
        ? TransferPlan.whyNotHold(debit, credit, command.money(), command.byOperator())
        : onReversal;
  }

  /// Counts on the transfer that is given back.
  private void reverse(@Nullable UUID original, long pendingMinor, long postedMinor) {
    if (original != null) {
      TransferState before = transfer(original);
      transfers.put(
          original,
          before.withReversals(
              new TransferState.Reversals(
                  Math.addExact(before.reversals().pendingMinor(), pendingMinor),
                  Math.addExact(before.reversals().postedMinor(), postedMinor))));
    }
  }

  /// The owner that finds its own hold asked again because it never heard the answer: it may go on.
  private static HoldOutcome recognised(HoldFunds command, KnownCommand known) {
    if (!known.fingerprint().equals(command.fingerprint())) {
      return new HoldOutcome.IdReused();
    }
    return command.sagaOwner().equals(known.sagaOwner()) && known.sagaEpoch() == 1
        ? new HoldOutcome.Held(command.id(), 1)
        : new HoldOutcome.Replayed(command.id());
  }

  private Decision<PostOutcome> post(PostTransfer command) {
    TransferState transfer = transfer(command.transferId());
    if (transfer.endedUnder(command.epoch(), true)) {
      return Decision.of(new PostOutcome.Posted());
    }
    if (!transfer.isAt(SagaStep.SCREEN, command.epoch()) || !transfer.isHoldLive()) {
      return Decision.of(new PostOutcome.Fenced());
    }
    AccountState debit = account(transfer.debitAccountId());
    AccountState credit = account(transfer.creditAccountId());
    Map<UUID, Long> decidedOn = Map.of(debit.id(), debit.version(), credit.id(), credit.version());
    RejectionReason reason = TransferPlan.whyNotCredit(credit, transfer.money());
    if (reason != null) {
      return new Decision<>(new PostOutcome.CannotPost(reason), decidedOn);
    }
    OfflineAllowance allowance = command.allowance();
    if (allowance != null && !use(allowance, debit.id(), transfer.money().amountMinor())) {
      return new Decision<>(new PostOutcome.AllowanceExhausted(), decidedOn);
    }
    long amountMinor = transfer.money().amountMinor();
    Instant postedAt = notBefore(notBefore(now, debit.lastPostedAt()), credit.lastPostedAt());
    Entry entry = new Entry(DerivedId.of(transfer.id(), "entry", 1), transfer, postedAt);
    writes.entries.add(entry);
    reverse(transfer.reverses(), -amountMinor, amountMinor);
    change(debit.afterDebit(amountMinor, postedAt));
    line(entry, debit.id(), AccountEntryEvent.Side.DEBIT);
    change(credit.afterCredit(amountMinor, postedAt));
    line(entry, credit.id(), AccountEntryEvent.Side.CREDIT);
    end(
        transfer,
        Status.POSTED,
        null,
        allowance == null ? TransferEvent.Screening.APPROVED : TransferEvent.Screening.SKIPPED,
        postedAt);
    return new Decision<>(new PostOutcome.Posted(), decidedOn);
  }

  private Decision<TurnOutcome> turnBack(TurnBack command) {
    TransferState transfer = transfer(command.transferId());
    if (transfer.isAt(SagaStep.COMPENSATE, command.epoch())) {
      return Decision.of(new TurnOutcome.Turned());
    }
    if (!transfer.isAt(SagaStep.SCREEN, command.epoch())) {
      return Decision.of(new TurnOutcome.Fenced());
    }
    RejectionReason rejection = command.rejection();
    transfers.put(
        transfer.id(), transfer.turnedBack(rejection == null ? EXPIRED : rejection.code()));
    return Decision.of(new TurnOutcome.Turned());
  }

  private Decision<TurnOutcome> voidHold(VoidHold command) {
    TransferState transfer = transfer(command.transferId());
    if (transfer.endedUnder(command.epoch(), false)) {
      return Decision.of(new TurnOutcome.Turned());
    }
    if (!transfer.isAt(SagaStep.COMPENSATE, command.epoch()) || !transfer.isHoldLive()) {
      return Decision.of(new TurnOutcome.Fenced());
    }
    AccountState debit = account(transfer.debitAccountId());
    AccountState credit = account(transfer.creditAccountId());
    Map<UUID, Long> decidedOn = Map.of(debit.id(), debit.version(), credit.id(), credit.version());
    reverse(transfer.reverses(), -transfer.money().amountMinor(), 0);
    change(debit.afterDebitReleased(transfer.money().amountMinor()));
    change(credit.afterCreditReleased(transfer.money().amountMinor()));
    if (command.releaseOwed()) {
      writes.releasesOwed.add(transfer.id());
    }
    String reason = Objects.requireNonNull(transfer.reason());
    boolean isExpired = reason.equals(EXPIRED);
    end(
        transfer,
        isExpired ? Status.EXPIRED : Status.REJECTED,
        isExpired ? null : reason,
        reason.equals(RejectionReason.FRAUD_DECLINED.code())
            ? TransferEvent.Screening.DECLINED
            : TransferEvent.Screening.PENDING,
        now);
    return new Decision<>(new TurnOutcome.Turned(), decidedOn);
  }

  private void remember(
      UUID id,
      String operation,
      Fingerprint fingerprint,
      boolean isAccepted,
      @Nullable String sagaOwner) {
    commands.put(id, new KnownCommand(fingerprint, sagaOwner, 1));
    writes.commands.add(new NewCommand(id, operation, fingerprint, isAccepted, now));
  }

  private boolean use(OfflineAllowance allowance, UUID account, long amountMinor) {
    AllowanceKey key = new AllowanceKey(account, allowance.windowStart());
    long usedMinor = Math.addExact(allowancesMinor.getOrDefault(key, 0L), amountMinor);
    if (usedMinor > allowance.limitMinor()) {
      return false;
    }
    allowancesMinor.put(key, usedMinor);
    writes.useAllowance(key, amountMinor, allowance.limitMinor());
    return true;
  }

  private void line(Entry entry, UUID accountId, AccountEntryEvent.Side side) {
    AccountState account = account(accountId);
    TransferState transfer = entry.transfer();
    writes.lines.add(
        new Line(account.id(), account.lineCount(), entry.id(), side, account.balanceMinor()));
    writes.events.add(
        OutboxEvent.of(
            new AccountEntryEvent(
                account.id(),
                account.lineCount(),
                entry.id(),
                transfer.id(),
                side,
                transfer.money().amountMinor(),
                transfer.money().currency(),
                account.balanceMinor(),
                entry.postedAt()),
            transfer.traceparent()));
  }

  private void end(
      TransferState transfer,
      Status status,
      @Nullable String rejection,
      TransferEvent.Screening screening,
      Instant endedAt) {
    TransferState ended = transfer.ended(status);
    transfers.put(ended.id(), ended);
    writes.ended.add(new Ended(ended, rejection, screening, endedAt));
    writes.events.add(
        OutboxEvent.of(
            new TransferEvent(
                ended.id(),
                ended.eventCount(),
                TransferEvent.Status.valueOf(status.name()),
                ended.debitAccountId(),
                ended.creditAccountId(),
                ended.money().amountMinor(),
                status == Status.POSTED ? ended.money().amountMinor() : 0,
                ended.money().currency(),
                null,
                screening,
                rejection,
                ended.reverses(),
                endedAt),
            ended.traceparent()));
  }

  private void change(AccountState account) {
    accounts.put(account.id(), account);
  }

  private AccountState account(UUID id) {
    return Objects.requireNonNull(accounts.get(id), () -> "no account " + id);
  }

  private TransferState transfer(UUID id) {
    return Objects.requireNonNull(transfers.get(id), () -> "no saga of transfer " + id);
  }

  /// An account's history never goes back in time, whatever the clocks of two machines say.
  private static Instant notBefore(Instant instant, Instant bound) {
    return instant.isBefore(bound) ? bound : instant;
  }
}
