package dev.payledger.ledger.plan;

import dev.payledger.contracts.AccountEntryEvent;
import dev.payledger.ledger.command.DerivedId;
import dev.payledger.ledger.command.JournalCommand.OfflineAllowance;
import dev.payledger.ledger.money.Leg;
import dev.payledger.ledger.money.RejectionReason;
import dev.payledger.ledger.plan.LockedRows.AllowanceKey;
import dev.payledger.ledger.plan.LockedRows.KnownCommand;
import dev.payledger.ledger.plan.LockedRows.OwnerAllowanceKey;
import dev.payledger.ledger.plan.LockedRows.Unscreened;
import dev.payledger.ledger.plan.PlannedWrites.Entry;
import dev.payledger.ledger.plan.PlannedWrites.Line;
import dev.payledger.ledger.plan.PlannedWrites.NewCommand;
import dev.payledger.ledger.plan.TransferState.Reversals;
import dev.payledger.ledger.plan.TransferState.Status;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// The rows of one batch while it is planned: as they were locked, then as each decided command leaves
/// them, and all that is to be written because of it.
final class BatchState {
  private final Instant now;
  private final Map<UUID, KnownCommand> commands;
  private final Map<UUID, TransferState> transfers;
  private final Map<UUID, AccountState> accounts;
  private final Unscreened unscreened;
  private final Map<AllowanceKey, Long> allowancesMinor;
  private final Map<OwnerAllowanceKey, Long> ownerAllowancesMinor;
  private final PlannedWrites writes = new PlannedWrites();

  BatchState(LockedRows rows, Instant now) {
    this.now = now;
    this.commands = new HashMap<>(rows.commands());
    this.transfers = new HashMap<>(rows.transfers());
    this.accounts = new HashMap<>(rows.accounts());
    this.unscreened = rows.unscreened();
    this.allowancesMinor = new HashMap<>(unscreened.usedMinor());
    this.ownerAllowancesMinor = new HashMap<>(unscreened.ownersUsedMinor());
  }

  /// The batch's one instant.
  Instant now() {
    return now;
  }

  PlannedWrites writes() {
    return writes;
  }

  /// Called when every command is decided.
  void close(LockedRows rows) {
    writes.changed(rows, accounts, transfers);
  }

  /// What was decided under this id before; null when nothing was.
  @Nullable KnownCommand known(UUID commandId) {
    return commands.get(commandId);
  }

  void remember(NewCommand command, KnownCommand known) {
    commands.put(command.id(), known);
    writes.commands.add(command);
  }

  /// Null when there is none.
  @Nullable AccountState findAccount(UUID id) {
    return accounts.get(id);
  }

  AccountState account(UUID id) {
    return Objects.requireNonNull(accounts.get(id), () -> "no account " + id);
  }

  /// Null when there is none with a saga.
  @Nullable TransferState findTransfer(UUID id) {
    return transfers.get(id);
  }

  TransferState transfer(UUID id) {
    return Objects.requireNonNull(transfers.get(id), () -> "no saga of transfer " + id);
  }

  void change(AccountState account) {
    accounts.put(account.id(), account);
  }

  void change(TransferState transfer) {
    transfers.put(transfer.id(), transfer);
  }

  /// With the event that tells of it.
  void announce(TransferState transfer, Instant at) {
    change(transfer);
    writes.events.add(OutboxEvent.of(transfer, at));
  }

  /// The version of each account of the legs; none of one that there is not.
  Map<UUID, Long> versions(List<Leg> legs) {
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

  /// However many counters of it a command has changed, an account has one version more.
  void countOnce(UUID accountId, long versionBefore) {
    AccountState account = account(accountId);
    if (account.version() > versionBefore) {
      change(account.withVersion(versionBefore + 1));
    }
  }

  /// An account's history never goes back in time, whatever the clocks of two machines say.
  Instant notBeforeTheLast(Collection<UUID> accounts) {
    Instant latest = now;
    for (UUID id : accounts) {
      Instant last = account(id).lastPostedAt();
      latest = latest.isBefore(last) ? last : latest;
    }
    return latest;
  }

  /// The first of the accounts that cannot be credited says why; null means that all can.
  @Nullable RejectionReason validateCredit(Map<UUID, Long> creditsMinor) {
    return creditsMinor.entrySet().stream()
        .map(credit -> TransferPlan.validateCredit(account(credit.getKey()), credit.getValue()))
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }

  /// One debit and one credit, and the line of each account.
  void enter(TransferState transfer, int number, Leg leg, Instant postedAt) {
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

  void release(Leg leg, long amountMinor) {
    change(account(leg.debitAccountId()).afterDebitReleased(amountMinor));
    change(account(leg.creditAccountId()).afterCreditReleased(amountMinor));
  }

  /// Of a transfer that is held for its capture and ends: what it never moves is available again, and
  /// counts on no limit. Fraud screening is to be told, the allowance is here.
  void releaseRest(TransferState transfer, long restMinor) {
    Leg leg = transfer.terms().onlyLeg();
    release(leg, restMinor);
    writes.releasesOwed.add(transfer.id());
    Instant window = transfer.allowanceWindow();
    if (window != null) {
      count(new AllowanceKey(leg.debitAccountId(), window), -restMinor, null);
    }
  }

  /// Ends a transfer that is held for its capture.
  void giveUp(TransferState transfer, Status status) {
    releaseRest(transfer, transfer.leftMinor());
    announce(transfer.ended(status, transfer.screening(), null, now), now);
  }

  /// Counts on the transfer that is given back.
  ///
  /// @param original null when none is
  void reverse(@Nullable UUID original, UnaryOperator<Reversals> step) {
    if (original != null) {
      TransferState before = transfer(original);
      change(before.withReversals(step.apply(before.reversals())));
    }
  }

  boolean hasBlocked(Set<UUID> accounts) {
    return accounts.stream().anyMatch(unscreened.blocked()::contains);
  }

  boolean isBlockedListComplete() {
    return unscreened.isListComplete();
  }

  /// Of every account that pays and of its owner, or of none.
  boolean use(OfflineAllowance allowance, Map<UUID, Long> debitsMinor) {
    Map<AllowanceKey, Long> used = new HashMap<>();
    Map<OwnerAllowanceKey, Long> owners = new HashMap<>();
    debitsMinor.forEach(
        (account, amountMinor) -> {
          used.put(new AllowanceKey(account, allowance.windowStart()), amountMinor);
          String owner = unscreened.owners().get(account);
          if (owner != null) {
            owners.merge(
                new OwnerAllowanceKey(owner, allowance.windowStart()), amountMinor, Math::addExact);
          }
        });
    if (!fits(used, allowancesMinor, allowance.limitMinor())
        || !fits(owners, ownerAllowancesMinor, allowance.ownerLimitMinor())) {
      return false;
    }
    used.forEach((key, minor) -> count(key, minor, allowance));
    return true;
  }

  /// Of the account and its owner.
  ///
  /// @param allowance null when some is given back: the limits stay
  private void count(AllowanceKey key, long minor, @Nullable OfflineAllowance allowance) {
    allowancesMinor.merge(key, minor, Math::addExact);
    PlannedWrites.use(
        writes.allowanceUses, key, minor, allowance == null ? null : allowance.limitMinor());
    String owner = unscreened.owners().get(key.account());
    if (owner != null) {
      OwnerAllowanceKey ofOwner = new OwnerAllowanceKey(owner, key.windowStart());
      ownerAllowancesMinor.merge(ofOwner, minor, Math::addExact);
      PlannedWrites.use(
          writes.ownerAllowanceUses,
          ofOwner,
          minor,
          allowance == null ? null : allowance.ownerLimitMinor());
    }
  }

  private static <K> boolean fits(Map<K, Long> more, Map<K, Long> usedMinor, long limitMinor) {
    return more.entrySet().stream()
        .allMatch(
            each ->
                Math.addExact(usedMinor.getOrDefault(each.getKey(), 0L), each.getValue())
                    <= limitMinor);
  }
}
