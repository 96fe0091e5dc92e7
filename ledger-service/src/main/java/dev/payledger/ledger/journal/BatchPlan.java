package dev.payledger.ledger.journal;

import dev.payledger.contracts.AccountEntryEvent;
import dev.payledger.contracts.AccountEvent;
import dev.payledger.contracts.TransferEvent;
import dev.payledger.ledger.journal.JournalCommand.CaptureHold;
import dev.payledger.ledger.journal.JournalCommand.ChangeOutcome;
import dev.payledger.ledger.journal.JournalCommand.ChangeTransfer;
import dev.payledger.ledger.journal.JournalCommand.ExpireHold;
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
import dev.payledger.ledger.journal.JournalCommand.VoidTransfer;
import dev.payledger.ledger.journal.LockedRows.AllowanceKey;
import dev.payledger.ledger.journal.LockedRows.KnownCommand;
import dev.payledger.ledger.journal.PlannedWrites.Entry;
import dev.payledger.ledger.journal.PlannedWrites.Line;
import dev.payledger.ledger.journal.PlannedWrites.NewCommand;
import dev.payledger.ledger.journal.PlannedWrites.NewTransfer;
import dev.payledger.ledger.journal.TransferState.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Decides the commands of one batch in memory, in the order of their arrival: each sees what those
/// before it have done. A pure function of the locked rows, the commands and one instant; a rejection
/// touches nobody else's outcome.
///
/// What it decides is written afterwards as it stands here. The database's constraints are the
/// second wall: were a rule here wrong, the batch would fail and not the books.
final class BatchPlan {
  /// The saga's reasons that are no rejections: its time was over, or it was to be voided.
  private static final String EXPIRED = "transfer-expired";

  private static final String VOID_REQUESTED = "void-requested";

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
      Decision<?> decision = plan.decide(command);
      decision.decidedOn().forEach(plan::countOnce);
      plan.decisions.add(decision);
    }
    plan.writes.changed(rows, plan.accounts, plan.transfers);
    return plan;
  }

  /// However many counters of it a command has changed, an account has one version more.
  private void countOnce(UUID accountId, long versionBefore) {
    AccountState account = account(accountId);
    if (account.version() > versionBefore) {
      change(account.withVersion(versionBefore + 1));
    }
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
      case ChangeTransfer change -> change(change);
      case ExpireHold end -> expire(end);
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
    RejectionReason rejection = whyNotHold(command);
    boolean isHeld = rejection == null;
    remember(
        command.id(),
        "create-transfer",
        command.fingerprint(),
        isHeld,
        isHeld ? command.sagaOwner() : null);
    writes.transfers.add(new NewTransfer(command, rejection, now));
    writes.events.add(OutboxEvent.of(command, rejection, now));
    Map<UUID, Long> decidedOn = versions(command.legs());
    if (rejection != null) {
      return new Decision<>(new HoldOutcome.Rejected(command.id(), rejection), decidedOn);
    }
    reverse(command.reverses(), command.money().amountMinor(), 0);
    for (Leg leg : command.legs()) {
      change(account(leg.debitAccountId()).afterDebitHeld(leg.amountMinor()));
      change(account(leg.creditAccountId()).afterCreditExpected(leg.amountMinor()));
    }
    return new Decision<>(new HoldOutcome.Held(command.id(), 1), decidedOn);
  }

  /// The first leg that cannot be held says why; each sees what those before it would hold. What one
  /// leg brings no other can spend: it is expected, not there.
  private @Nullable RejectionReason whyNotHold(HoldFunds command) {
    UUID original = command.reverses();
    if (original != null) {
      RejectionReason onReversal =
          TransferPlan.whyNotReverse(transfers.get(original), command.money());
      if (onReversal != null) {
        return onReversal;
      }
    }
    Map<UUID, AccountState> held = new HashMap<>();
    for (Leg leg : command.legs()) {
      AccountState debit = held.getOrDefault(leg.debitAccountId(), account(leg.debitAccountId()));
      RejectionReason rejection =
          TransferPlan.whyNotHold(
              debit,
              accounts.get(leg.creditAccountId()),
              new Money(leg.amountMinor(), command.currency()),
              command.byOperator());
      if (rejection != null) {
        return rejection;
      }
      held.put(debit.id(), debit.afterDebitHeld(leg.amountMinor()));
    }
    return null;
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
    if (transfer.isAt(SagaStep.CAPTURE, command.epoch())) {
      return Decision.of(new PostOutcome.Authorized());
    }
    if (!transfer.isAt(SagaStep.SCREEN, command.epoch()) || !transfer.isHoldLive()) {
      return Decision.of(new PostOutcome.Fenced());
    }
    Map<UUID, Long> decidedOn = versions(transfer.terms().legs());
    if (transfer.isVoidRequested()) {
      return new Decision<>(new PostOutcome.VoidRequested(), decidedOn);
    }
    Duration captureWithin = transfer.terms().captureWithin();
    RejectionReason reason =
        captureWithin == null ? whyNotCredit(transfer.terms().creditsMinor()) : null;
    if (reason != null) {
      return new Decision<>(new PostOutcome.CannotPost(reason), decidedOn);
    }
    OfflineAllowance allowance = command.allowance();
    if (allowance != null && !use(allowance, transfer.terms().debitsMinor())) {
      return new Decision<>(new PostOutcome.AllowanceExhausted(), decidedOn);
    }
    TransferEvent.Screening screening =
        allowance == null ? TransferEvent.Screening.APPROVED : TransferEvent.Screening.SKIPPED;
    if (captureWithin != null) {
      change(transfer.authorized(screening, now.plus(captureWithin)), now);
      return new Decision<>(new PostOutcome.Authorized(), decidedOn);
    }
    Instant postedAt = notBeforeTheLast(decidedOn.keySet());
    int number = 0;
    for (Leg leg : transfer.terms().legs()) {
      enter(transfer, ++number, leg, postedAt);
    }
    long amountMinor = transfer.terms().money().amountMinor();
    reverse(transfer.terms().reverses(), -amountMinor, amountMinor);
    change(transfer.posted(amountMinor, screening, postedAt), postedAt);
    return new Decision<>(new PostOutcome.Posted(), decidedOn);
  }

  private @Nullable RejectionReason whyNotCredit(Map<UUID, Long> creditsMinor) {
    return creditsMinor.entrySet().stream()
        .map(credit -> TransferPlan.whyNotCredit(account(credit.getKey()), credit.getValue()))
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }

  private Decision<ChangeOutcome> change(ChangeTransfer command) {
    KnownCommand known = commands.get(command.id());
    if (known != null) {
      return Decision.of(recognised(command, known));
    }
    TransferState transfer = transfers.get(command.transferId());
    return switch (command) {
      case CaptureHold capture -> {
        RejectionReason never = RejectionReason.NOT_CAPTURABLE;
        yield transfer == null ? refused(command, never, Map.of()) : capture(capture, transfer);
      }
      case VoidTransfer end -> {
        RejectionReason never = RejectionReason.NOT_VOIDABLE;
        yield transfer == null ? refused(command, never, Map.of()) : voidTransfer(end, transfer);
      }
    };
  }

  private Decision<ChangeOutcome> capture(CaptureHold command, TransferState transfer) {
    long leftMinor = transfer.leftMinor();
    long amountMinor = command.amountMinor() == null ? leftMinor : command.amountMinor();
    Map<UUID, Long> decidedOn = versions(transfer.terms().legs());
    RejectionReason rejection = TransferPlan.whyNotCapture(transfer, amountMinor, now);
    if (rejection == null) {
      rejection = whyNotCredit(Map.of(onlyLeg(transfer).creditAccountId(), amountMinor));
    }
    if (rejection != null) {
      return refused(command, rejection, decidedOn);
    }
    Instant postedAt = notBeforeTheLast(decidedOn.keySet());
    Leg leg = onlyLeg(transfer);
    enter(
        transfer,
        transfer.captureCount() + 1,
        new Leg(leg.debitAccountId(), leg.creditAccountId(), amountMinor),
        postedAt);
    boolean isLast = command.isFinal() || amountMinor == leftMinor;
    TransferState captured =
        isLast
            ? transfer.posted(amountMinor, transfer.screening(), postedAt)
            : transfer.captured(amountMinor);
    if (amountMinor < leftMinor && isLast) {
      giveBack(leg, leftMinor - amountMinor);
    }
    change(captured, postedAt);
    remember(command, null);
    return new Decision<>(new ChangeOutcome.Accepted(), decidedOn);
  }

  private Decision<ChangeOutcome> voidTransfer(VoidTransfer command, TransferState transfer) {
    Map<UUID, Long> decidedOn = versions(transfer.terms().legs());
    RejectionReason rejection = TransferPlan.whyNotVoid(transfer);
    if (rejection != null) {
      return refused(command, rejection, decidedOn);
    }
    remember(command, null);
    if (transfer.status() == Status.PENDING) {
      transfers.put(transfer.id(), transfer.withVoidRequested(now));
      return new Decision<>(new ChangeOutcome.Requested(), decidedOn);
    }
    giveUp(transfer, Status.VOIDED);
    return new Decision<>(new ChangeOutcome.Accepted(), decidedOn);
  }

  private Decision<TurnOutcome> expire(ExpireHold command) {
    TransferState transfer = transfer(command.transferId());
    if (transfer.endedUnder(command.epoch(), false)) {
      return Decision.of(new TurnOutcome.Turned());
    }
    if (!transfer.isAt(SagaStep.CAPTURE, command.epoch()) || now.isBefore(transfer.expiresAt())) {
      return Decision.of(new TurnOutcome.Fenced());
    }
    Map<UUID, Long> decidedOn = versions(transfer.terms().legs());
    giveUp(transfer, Status.EXPIRED);
    return new Decision<>(new TurnOutcome.Turned(), decidedOn);
  }

  /// Ends a transfer that is held for its capture. What fraud screening reserved is owed back when
  /// nothing was captured.
  private void giveUp(TransferState transfer, Status status) {
    giveBack(onlyLeg(transfer), transfer.leftMinor());
    if (transfer.capturedMinor() == 0) {
      writes.releasesOwed.add(transfer.id());
    }
    change(transfer.ended(status, transfer.screening(), null, now), now);
  }

  private Decision<ChangeOutcome> refused(
      ChangeTransfer command, RejectionReason reason, Map<UUID, Long> decidedOn) {
    remember(command, reason);
    return new Decision<>(new ChangeOutcome.Rejected(reason), decidedOn);
  }

  private static ChangeOutcome recognised(ChangeTransfer asked, KnownCommand known) {
    if (!known.fingerprint().equals(asked.fingerprint())) {
      return new ChangeOutcome.IdReused();
    }
    return known.rejection() == null
        ? new ChangeOutcome.Accepted()
        : new ChangeOutcome.Rejected(known.rejection());
  }

  /// Of a transfer that is captured by request.
  private static Leg onlyLeg(TransferState transfer) {
    return transfer.terms().legs().getFirst();
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
    String otherwise = transfer.isVoidRequested() ? VOID_REQUESTED : EXPIRED;
    transfers.put(
        transfer.id(), transfer.turnedBack(rejection == null ? otherwise : rejection.code()));
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
    Map<UUID, Long> decidedOn = versions(transfer.terms().legs());
    reverse(transfer.terms().reverses(), -transfer.terms().money().amountMinor(), 0);
    transfer.terms().legs().forEach(leg -> giveBack(leg, leg.amountMinor()));
    if (command.releaseOwed()) {
      writes.releasesOwed.add(transfer.id());
    }
    String reason = Objects.requireNonNull(transfer.saga().reason());
    change(
        switch (reason) {
          case EXPIRED -> transfer.ended(Status.EXPIRED, transfer.screening(), null, now);
          case VOID_REQUESTED -> transfer.ended(Status.VOIDED, transfer.screening(), null, now);
          default ->
              transfer.ended(
                  Status.REJECTED,
                  reason.equals(RejectionReason.FRAUD_DECLINED.code())
                      ? TransferEvent.Screening.DECLINED
                      : transfer.screening(),
                  reason,
                  now);
        },
        now);
    return new Decision<>(new TurnOutcome.Turned(), decidedOn);
  }

  private void giveBack(Leg leg, long amountMinor) {
    change(account(leg.debitAccountId()).afterDebitReleased(amountMinor));
    change(account(leg.creditAccountId()).afterCreditReleased(amountMinor));
  }

  private void remember(
      UUID id,
      String operation,
      Fingerprint fingerprint,
      boolean isAccepted,
      @Nullable String sagaOwner) {
    commands.put(id, new KnownCommand(fingerprint, sagaOwner, 1, null));
    writes.commands.add(new NewCommand(id, operation, fingerprint, isAccepted, null, null, now));
  }

  private void remember(ChangeTransfer command, @Nullable RejectionReason rejection) {
    String operation =
        switch (command) {
          case CaptureHold _ -> "capture-transfer";
          case VoidTransfer _ -> "void-transfer";
        };
    commands.put(command.id(), new KnownCommand(command.fingerprint(), null, 0, rejection));
    writes.commands.add(
        new NewCommand(
            command.id(),
            operation,
            command.fingerprint(),
            rejection == null,
            command.transferId(),
            rejection,
            now));
  }

  /// Of every account that pays, or of none.
  private boolean use(OfflineAllowance allowance, Map<UUID, Long> debitsMinor) {
    Map<AllowanceKey, Long> used = new HashMap<>();
    debitsMinor.forEach(
        (account, amountMinor) -> {
          AllowanceKey key = new AllowanceKey(account, allowance.windowStart());
          used.put(key, Math.addExact(allowancesMinor.getOrDefault(key, 0L), amountMinor));
        });
    if (used.values().stream().anyMatch(minor -> minor > allowance.limitMinor())) {
      return false;
    }
    allowancesMinor.putAll(used);
    debitsMinor.forEach(
        (account, amountMinor) ->
            writes.useAllowance(
                new AllowanceKey(account, allowance.windowStart()),
                amountMinor,
                allowance.limitMinor()));
    return true;
  }

  /// One debit and one credit, and the line of each account.
  private void enter(TransferState transfer, int number, Leg leg, Instant postedAt) {
    Entry entry =
        new Entry(
            DerivedId.of(transfer.id(), "entry", number),
            transfer,
            number,
            leg,
            transfer.terms().money().currency(),
            postedAt);
    writes.entries.add(entry);
    change(account(leg.debitAccountId()).afterDebit(leg.amountMinor(), postedAt));
    line(entry, leg.debitAccountId(), AccountEntryEvent.Side.DEBIT);
    change(account(leg.creditAccountId()).afterCredit(leg.amountMinor(), postedAt));
    line(entry, leg.creditAccountId(), AccountEntryEvent.Side.CREDIT);
  }

  private void line(Entry entry, UUID accountId, AccountEntryEvent.Side side) {
    AccountState account = account(accountId);
    writes.lines.add(
        new Line(account.id(), account.lineCount(), entry.id(), side, account.balanceMinor()));
    writes.events.add(
        OutboxEvent.of(
            new AccountEntryEvent(
                account.id(),
                account.lineCount(),
                entry.id(),
                entry.transfer().id(),
                side,
                entry.leg().amountMinor(),
                entry.currency(),
                account.balanceMinor(),
                entry.postedAt()),
            entry.transfer().terms().traceparent()));
  }

  /// With the event that tells of it.
  private void change(TransferState transfer, Instant at) {
    transfers.put(transfer.id(), transfer);
    writes.events.add(OutboxEvent.of(transfer, at));
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

  /// The version of each account of the legs; none of one that there is not.
  private Map<UUID, Long> versions(List<Leg> legs) {
    Set<UUID> ids = new HashSet<>();
    legs.forEach(
        leg -> {
          ids.add(leg.debitAccountId());
          ids.add(leg.creditAccountId());
        });
    Map<UUID, Long> versions = new HashMap<>();
    for (UUID id : ids) {
      AccountState account = accounts.get(id);
      if (account != null) {
        versions.put(id, account.version());
      }
    }
    return versions;
  }

  /// An account's history never goes back in time, whatever the clocks of two machines say.
  private Instant notBeforeTheLast(Collection<UUID> accounts) {
    Instant latest = now;
    for (UUID id : accounts) {
      Instant last = account(id).lastPostedAt();
      latest = latest.isBefore(last) ? last : latest;
    }
    return latest;
  }
}
