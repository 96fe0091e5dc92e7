package dev.payledger.ledger.journal;

import dev.payledger.ledger.command.AccountChange;
import dev.payledger.ledger.command.Fingerprint;
import dev.payledger.ledger.command.JournalCommand;
import dev.payledger.ledger.command.JournalCommand.AccountOutcome;
import dev.payledger.ledger.command.JournalCommand.CaptureHold;
import dev.payledger.ledger.command.JournalCommand.ChangeAccount;
import dev.payledger.ledger.command.JournalCommand.ChangeOutcome;
import dev.payledger.ledger.command.JournalCommand.ChangeTransfer;
import dev.payledger.ledger.command.JournalCommand.ExpireHold;
import dev.payledger.ledger.command.JournalCommand.HoldFunds;
import dev.payledger.ledger.command.JournalCommand.HoldOutcome;
import dev.payledger.ledger.command.JournalCommand.OfflineAllowance;
import dev.payledger.ledger.command.JournalCommand.OpenAccount;
import dev.payledger.ledger.command.JournalCommand.OpenBatch;
import dev.payledger.ledger.command.JournalCommand.OpenOutcome;
import dev.payledger.ledger.command.JournalCommand.PostOutcome;
import dev.payledger.ledger.command.JournalCommand.PostTransfer;
import dev.payledger.ledger.command.JournalCommand.StartCompensation;
import dev.payledger.ledger.command.JournalCommand.StepOutcome;
import dev.payledger.ledger.command.JournalCommand.VoidHold;
import dev.payledger.ledger.command.JournalCommand.VoidTransfer;
import dev.payledger.ledger.command.Sides;
import dev.payledger.ledger.money.Leg;
import dev.payledger.ledger.money.RejectionReason;
import dev.payledger.ledger.plan.CommandResult;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/// A ledger that any reader can check: one thread, plain maps, no database. It takes what a concurrent
/// ledger answered, finds from the account versions the one order in which that could have happened,
/// and answers everything again in that order.
final class SerialModel {
  /// What was asked and answered; two are never the same. `after` is what the same caller had heard
  /// before it asked, or null.
  record Answered(JournalCommand<?> command, CommandResult<?> decision, Answered after) {
    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }

    boolean hasChanged() {
      return !decision.decidedOn().isEmpty()
          && (decision.outcome() instanceof HoldOutcome.Held
              || decision.outcome() instanceof PostOutcome.Posted
              || decision.outcome() instanceof StepOutcome.Applied
              || decision.outcome() instanceof ChangeOutcome.Accepted
              || decision.outcome() instanceof AccountOutcome.Changed);
    }
  }

  private static final class Account {
    final boolean isSystem;
    long balance;
    long held;
    long due;
    long floor;
    boolean isClosed;
    boolean ownerStopsDebits;
    boolean operatorStopsDebits;
    boolean operatorStopsCredits;

    Account(boolean isSystem) {
      this.isSystem = isSystem;
    }

    boolean refusesCredits() {
      return isClosed || operatorStopsCredits;
    }
  }

  private static final class Transfer {
    final HoldFunds asked;
    String state = "HELD";
    long captured;
    boolean isVoidRequested;
    OfflineAllowance allowance;

    Transfer(HoldFunds asked) {
      this.asked = asked;
    }
  }

  private final List<String> disagreements = new ArrayList<>();
  private final Map<UUID, Account> accounts = new HashMap<>();
  private final Map<UUID, Fingerprint> commands = new HashMap<>();
  private final Map<UUID, Transfer> transfers = new HashMap<>();
  private final Map<List<?>, Long> allowances = new HashMap<>();
  private final Map<UUID, ChangeOutcome> changes = new HashMap<>();
  private final Map<UUID, AccountOutcome> accountChanges = new HashMap<>();

  private SerialModel() {
    accounts.put(JournalInstance.EXTERNAL_EUR, new Account(true));
  }

  /// What the answers cannot be explained with; empty when one thread would have said the same.
  static List<String> disagreements(List<Answered> answers) {
    return replay(answers).disagreements;
  }

  /// Balances, holds and floors after all of it.
  static Map<UUID, long[]> amounts(List<Answered> answers) {
    Map<UUID, long[]> amounts = new TreeMap<>();
    replay(answers)
        .accounts
        .forEach(
            (id, account) ->
                amounts.put(id, new long[] {account.balance, account.held, account.floor}));
    return amounts;
  }

  private static SerialModel replay(List<Answered> answers) {
    SerialModel model = new SerialModel();
    List<Answered> looked = new ArrayList<>();
    List<Answered> recognised = new ArrayList<>();
    for (Answered answer : answers) {
      boolean isFirst =
          !answer.decision().decidedOn().isEmpty()
              || answer.command() instanceof OpenAccount
              || answer.decision().outcome() instanceof OpenOutcome.Opened
              || answer.command() instanceof StartCompensation;
      (isFirst ? looked : recognised).add(answer);
    }
    for (Answered answer : model.inOrder(looked)) {
      Object said = answer.decision().outcome();
      Object would = model.answer(answer.command());
      if (!said.equals(would)) {
        model.disagreements.add(
            answer.command() + " was answered " + said + ", one thread says " + would);
      }
    }
    recognised.forEach(model::checkRecognised);
    return model;
  }

  /// Each change of an account makes one version of it: who saw a version comes after who made it and
  /// before who changed it.
  private List<Answered> inOrder(List<Answered> answers) {
    Map<UUID, TreeMap<Long, Answered>> changes = new HashMap<>();
    for (Answered answer : answers) {
      if (answer.hasChanged()) {
        answer
            .decision()
            .decidedOn()
            .forEach(
                (account, version) -> {
                  Answered other =
                      changes
                          .computeIfAbsent(account, key -> new TreeMap<>())
                          .putIfAbsent(version, answer);
                  if (other != null) {
                    disagreements.add(
                        "version "
                            + version
                            + " of "
                            + account
                            + " was changed twice, by "
                            + other.command()
                            + " and by "
                            + answer.command());
                  }
                });
      }
    }
    changes.forEach(
        (account, versions) -> {
          if (versions.firstKey() != 0 || versions.lastKey() != versions.size() - 1) {
            disagreements.add("a change of " + account + " is nobody's answer");
          }
        });
    Map<Answered, Set<Answered>> before = new HashMap<>();
    answers.forEach(answer -> before.put(answer, new HashSet<>()));
    for (Answered answer : answers) {
      if (before.containsKey(answer.after())) {
        before.get(answer).add(answer.after());
      }
    }
    for (Answered answer : answers) {
      answer
          .decision()
          .decidedOn()
          .forEach(
              (account, version) -> {
                TreeMap<Long, Answered> versions = changes.getOrDefault(account, new TreeMap<>());
                Answered made = versions.get(version - 1);
                if (made != null && made != answer) {
                  before.get(answer).add(made);
                }
                Answered changed = versions.get(version);
                if (changed != null && changed != answer) {
                  before.get(changed).add(answer);
                }
              });
    }
    return sorted(answers, before);
  }

  private List<Answered> sorted(List<Answered> answers, Map<Answered, Set<Answered>> before) {
    Map<Answered, List<Answered>> behind = new HashMap<>();
    Map<Answered, Integer> waitsFor = new HashMap<>();
    before.forEach(
        (answer, first) -> {
          waitsFor.put(answer, first.size());
          first.forEach(f -> behind.computeIfAbsent(f, key -> new ArrayList<>()).add(answer));
        });
    Deque<Answered> free = new ArrayDeque<>();
    answers.stream().filter(answer -> waitsFor.get(answer) == 0).forEach(free::add);
    List<Answered> order = new ArrayList<>();
    while (!free.isEmpty()) {
      Answered next = free.remove();
      order.add(next);
      for (Answered later : behind.getOrDefault(next, List.of())) {
        if (waitsFor.merge(later, -1, Integer::sum) == 0) {
          free.add(later);
        }
      }
    }
    if (order.size() < answers.size()) {
      disagreements.add(
          (answers.size() - order.size()) + " answers fit no order: each saw the other's past");
    }
    return order;
  }

  private Object answer(JournalCommand<?> command) {
    return switch (command) {
      case OpenAccount open -> {
        commands.put(open.id(), open.fingerprint());
        accounts.put(open.id(), new Account(false));
        yield new OpenOutcome.Opened(open.id());
      }
      case ChangeAccount change -> {
        commands.put(change.id(), change.fingerprint());
        AccountOutcome outcome = change(accounts.get(change.accountId()), change);
        accountChanges.put(change.id(), outcome);
        yield outcome;
      }
      case OpenBatch batch -> {
        Fingerprint first = commands.putIfAbsent(batch.id(), batch.fingerprint());
        yield first == null || first.equals(batch.fingerprint())
            ? new OpenOutcome.Opened(batch.id())
            : new OpenOutcome.IdReused();
      }
      case HoldFunds hold -> hold(hold);
      case PostTransfer post -> post(post);
      case StartCompensation turn -> turn(transfers.get(turn.transferId()), "HELD", "TURNED");
      case VoidHold end -> voidHold(transfers.get(end.transferId()));
      case ChangeTransfer change -> {
        ChangeOutcome outcome =
            switch (change) {
              case CaptureHold capture -> capture(capture);
              case VoidTransfer end -> voidTransfer(end);
            };
        changes.put(change.id(), outcome);
        yield outcome;
      }
      case ExpireHold end -> expire(transfers.get(end.transferId()));
    };
  }

  private static AccountOutcome change(Account account, ChangeAccount asked) {
    boolean byOperator = asked.byOperator();
    if (account.isClosed
        && !(asked.change() instanceof AccountChange.Close)
        && !(asked.change() instanceof AccountChange.Reopen)) {
      return new AccountOutcome.Rejected(RejectionReason.ACCOUNT_CLOSED);
    }
    switch (asked.change()) {
      case AccountChange.Freeze(Sides sides) -> {
        if (byOperator) {
          account.operatorStopsDebits |= sides != Sides.CREDITS;
          account.operatorStopsCredits |= sides != Sides.DEBITS;
        } else {
          account.ownerStopsDebits = true;
        }
      }
      case AccountChange.Unfreeze() -> {
        account.ownerStopsDebits &= byOperator;
        account.operatorStopsDebits &= !byOperator;
        account.operatorStopsCredits &= !byOperator;
      }
      case AccountChange.Close() -> {
        if (!byOperator && (account.operatorStopsDebits || account.operatorStopsCredits)) {
          return new AccountOutcome.Rejected(RejectionReason.FROZEN_BY_OPERATOR);
        }
        if (account.balance != 0 || account.held != 0 || account.due != 0) {
          return new AccountOutcome.Rejected(RejectionReason.ACCOUNT_NOT_EMPTY);
        }
        account.isClosed = true;
      }
      case AccountChange.Reopen() -> account.isClosed = false;
      case AccountChange.Overdraft(long limitMinor) -> {
        if (account.balance - account.held < -limitMinor) {
          return new AccountOutcome.Rejected(RejectionReason.OVERDRAFT_IN_USE);
        }
        account.floor = -limitMinor;
      }
    }
    return new AccountOutcome.Changed();
  }

  private HoldOutcome hold(HoldFunds asked) {
    if (commands.putIfAbsent(asked.id(), asked.fingerprint()) != null) {
      return new HoldOutcome.Replayed(asked.id());
    }
    Map<Account, Long> held = new HashMap<>();
    for (Leg leg : asked.legs()) {
      Account debit = accounts.get(leg.debitAccountId());
      Account credit = accounts.get(leg.creditAccountId());
      RejectionReason no = null;
      if (debit == credit) {
        no = RejectionReason.SELF_TRANSFER;
      } else if (debit.isClosed) {
        no = RejectionReason.ACCOUNT_CLOSED;
      } else if (debit.ownerStopsDebits || debit.operatorStopsDebits) {
        no = RejectionReason.ACCOUNT_FROZEN;
      } else if (credit == null || (credit.isSystem && !asked.byOperator())) {
        no = RejectionReason.ACCOUNT_UNUSABLE;
      } else if (credit.refusesCredits()) {
        no = RejectionReason.ACCOUNT_UNUSABLE;
      } else if (!asked.currency().equals("EUR")) {
        no = RejectionReason.CURRENCY_MISMATCH;
      } else if (held.merge(debit, leg.amountMinor(), Long::sum)
              > debit.balance - debit.held - debit.floor
          && !debit.isSystem) {
        no = RejectionReason.INSUFFICIENT_FUNDS;
      }
      if (no != null) {
        return new HoldOutcome.Rejected(asked.id(), no);
      }
    }
    held.forEach((debit, minor) -> debit.held += minor);
    asked.legs().forEach(leg -> accounts.get(leg.creditAccountId()).due += leg.amountMinor());
    transfers.put(asked.id(), new Transfer(asked));
    return new HoldOutcome.Held(asked.id(), 1);
  }

  private PostOutcome post(PostTransfer command) {
    Transfer transfer = transfers.get(command.transferId());
    if (transfer == null || !transfer.state.equals("HELD") || command.epoch() != 1) {
      return new PostOutcome.Fenced();
    }
    if (transfer.isVoidRequested) {
      return new PostOutcome.VoidRequested();
    }
    if (transfer.asked.captureWithin() == null
        && transfer.asked.legs().stream()
            .anyMatch(leg -> accounts.get(leg.creditAccountId()).refusesCredits())) {
      return new PostOutcome.CannotPost(RejectionReason.ACCOUNT_UNUSABLE);
    }
    OfflineAllowance allowance = command.allowance();
    if (allowance != null) {
      Map<List<?>, Long> used = new HashMap<>();
      for (Leg leg : transfer.asked.legs()) {
        List<?> key = List.of(leg.debitAccountId(), allowance.windowStart());
        used.putIfAbsent(key, allowances.getOrDefault(key, 0L));
        if (used.merge(key, leg.amountMinor(), Long::sum) > allowance.limitMinor()) {
          return new PostOutcome.AllowanceExhausted();
        }
      }
      allowances.putAll(used);
      transfer.allowance = allowance;
    }
    if (transfer.asked.captureWithin() != null) {
      transfer.state = "AUTHORIZED";
      return new PostOutcome.Authorized();
    }
    transfer.asked.legs().forEach(leg -> move(leg, leg.amountMinor()));
    transfer.state = "POSTED";
    return new PostOutcome.Posted();
  }

  private void move(Leg leg, long minor) {
    Account debit = accounts.get(leg.debitAccountId());
    debit.held -= minor;
    debit.balance -= minor;
    accounts.get(leg.creditAccountId()).balance += minor;
    accounts.get(leg.creditAccountId()).due -= minor;
  }

  private void release(Transfer transfer) {
    for (Leg leg : transfer.asked.legs()) {
      accounts.get(leg.debitAccountId()).held -= leg.amountMinor();
      accounts.get(leg.creditAccountId()).due -= leg.amountMinor();
    }
    Leg first = transfer.asked.legs().getFirst();
    accounts.get(first.debitAccountId()).held += transfer.captured;
    accounts.get(first.creditAccountId()).due += transfer.captured;
    if (transfer.allowance != null) {
      allowances.merge(
          List.of(first.debitAccountId(), transfer.allowance.windowStart()),
          transfer.captured - first.amountMinor(),
          Long::sum);
    }
  }

  /// Asked for when its time is over.
  private StepOutcome expire(Transfer transfer) {
    if (transfer == null || !transfer.state.equals("AUTHORIZED")) {
      return new StepOutcome.Fenced();
    }
    release(transfer);
    transfer.state = "EXPIRED";
    return new StepOutcome.Applied();
  }

  private ChangeOutcome capture(CaptureHold asked) {
    commands.put(asked.id(), asked.fingerprint());
    Transfer transfer = transfers.get(asked.transferId());
    if (transfer == null || !transfer.state.equals("AUTHORIZED")) {
      return new ChangeOutcome.Rejected(RejectionReason.NOT_CAPTURABLE);
    }
    Leg leg = transfer.asked.legs().getFirst();
    long left = leg.amountMinor() - transfer.captured;
    long minor = asked.amountMinor() == null ? left : asked.amountMinor();
    if (minor > left) {
      return new ChangeOutcome.Rejected(RejectionReason.CAPTURE_LIMIT);
    }
    if (accounts.get(leg.creditAccountId()).refusesCredits()) {
      return new ChangeOutcome.Rejected(RejectionReason.ACCOUNT_UNUSABLE);
    }
    move(leg, minor);
    transfer.captured += minor;
    if (asked.isFinal() || minor == left) {
      release(transfer);
      transfer.state = "POSTED";
    }
    return new ChangeOutcome.Accepted();
  }

  private ChangeOutcome voidTransfer(VoidTransfer asked) {
    commands.put(asked.id(), asked.fingerprint());
    Transfer transfer = transfers.get(asked.transferId());
    if (transfer == null || Set.of("POSTED", "VOIDED", "EXPIRED").contains(transfer.state)) {
      return new ChangeOutcome.Rejected(RejectionReason.NOT_VOIDABLE);
    }
    if (transfer.state.equals("AUTHORIZED")) {
      release(transfer);
      transfer.state = "VOIDED";
    } else {
      transfer.isVoidRequested = true;
      return new ChangeOutcome.Requested();
    }
    return new ChangeOutcome.Accepted();
  }

  private static StepOutcome turn(Transfer transfer, String from, String to) {
    if (transfer == null || !transfer.state.equals(from)) {
      return new StepOutcome.Fenced();
    }
    transfer.state = to;
    return new StepOutcome.Applied();
  }

  private StepOutcome voidHold(Transfer transfer) {
    StepOutcome outcome = turn(transfer, "TURNED", "VOIDED");
    if (outcome instanceof StepOutcome.Applied) {
      release(transfer);
    }
    return outcome;
  }

  /// What a repeated command hears.
  private static ChangeOutcome told(ChangeOutcome first) {
    return first instanceof ChangeOutcome.Requested ? new ChangeOutcome.Accepted() : first;
  }

  /// Answers for which no account had to be looked at: somebody was recognised, or fenced off.
  private void checkRecognised(Answered answer) {
    boolean isRight =
        switch (answer.command()) {
          case HoldFunds hold ->
              switch ((HoldOutcome) answer.decision().outcome()) {
                case HoldOutcome.Replayed _ -> hold.fingerprint().equals(commands.get(hold.id()));
                case HoldOutcome.IdReused _ ->
                    commands.containsKey(hold.id())
                        && !hold.fingerprint().equals(commands.get(hold.id()));
                case HoldOutcome.Held _, HoldOutcome.Rejected _ -> false;
              };
          case PostTransfer post -> {
            Transfer transfer = transfers.get(post.transferId());
            if (transfer == null) {
              yield false;
            }
            String state = transfer.state;
            boolean isToCapture = transfer.asked.captureWithin() != null;
            if (answer.decision().outcome() instanceof PostOutcome.Authorized) {
              yield post.epoch() == 1 && isToCapture;
            }
            yield answer.decision().outcome() instanceof PostOutcome.Posted
                ? post.epoch() == 1 && state.equals("POSTED")
                : answer.decision().outcome() instanceof PostOutcome.Fenced
                    && (post.epoch() != 1 || !state.equals("POSTED"));
          }
          case VoidHold end ->
              transfers.containsKey(end.transferId())
                  && !transfers.get(end.transferId()).state.equals("HELD");
          case ChangeTransfer change ->
              answer.decision().outcome() instanceof ChangeOutcome.IdReused
                  ? !change.fingerprint().equals(commands.get(change.id()))
                  : told(changes.get(change.id())).equals(answer.decision().outcome());
          case ChangeAccount change ->
              answer.decision().outcome() instanceof AccountOutcome.IdReused
                  ? !change.fingerprint().equals(commands.get(change.id()))
                  : answer.decision().outcome().equals(accountChanges.get(change.id()));
          case ExpireHold end ->
              transfers.containsKey(end.transferId())
                  && answer.decision().outcome() instanceof StepOutcome.Applied
                      == Set.of("VOIDED", "EXPIRED")
                          .contains(transfers.get(end.transferId()).state);
          case OpenBatch batch ->
              commands.containsKey(batch.id())
                  && !batch.fingerprint().equals(commands.get(batch.id()));
          case OpenAccount _, StartCompensation _ -> false;
        };
    if (!isRight) {
      disagreements.add(
          answer.command() + " was recognised as " + answer.decision().outcome() + ", wrongly");
    }
  }
}
