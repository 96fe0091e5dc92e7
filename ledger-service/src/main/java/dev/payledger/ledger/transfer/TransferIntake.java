package dev.payledger.ledger.transfer;

import dev.payledger.ledger.journal.DatabaseClock;
import dev.payledger.ledger.journal.DryRun;
import dev.payledger.ledger.journal.Fingerprint;
import dev.payledger.ledger.journal.Journal;
import dev.payledger.ledger.journal.JournalCommand;
import dev.payledger.ledger.journal.JournalCommand.CaptureHold;
import dev.payledger.ledger.journal.JournalCommand.ChangeOutcome;
import dev.payledger.ledger.journal.JournalCommand.HoldFunds;
import dev.payledger.ledger.journal.JournalCommand.HoldOutcome;
import dev.payledger.ledger.journal.JournalCommand.Reversal;
import dev.payledger.ledger.journal.JournalCommand.ReversedLeg;
import dev.payledger.ledger.journal.JournalCommand.VoidTransfer;
import dev.payledger.ledger.journal.JournalDefect;
import dev.payledger.ledger.journal.JournalUnavailable;
import dev.payledger.ledger.journal.Leg;
import dev.payledger.ledger.journal.RejectionReason;
import dev.payledger.ledger.request.Caller;
import dev.payledger.ledger.request.Problem;
import dev.payledger.ledger.request.ProblemCode;
import dev.payledger.ledger.request.TimeLeft;
import dev.payledger.ledger.request.Trace;
import dev.payledger.ledger.saga.TransferSaga;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/// Takes a request for a transfer, once per command id: whose money is it, hold it, and from there on
/// the saga must finish, with this thread or without it.
@Component
class TransferIntake {
  private static final Logger log = LoggerFactory.getLogger(TransferIntake.class);

  /// Between two looks at a transfer that somebody else's thread is moving.
  private static final Duration LOOK_INTERVAL = Duration.ofMillis(20);

  private static final Duration LOOK_INTERVAL_MAX = Duration.ofMillis(200);

  /// Callers that may wait at once; one more is answered with the transfer as it is now. Waiting
  /// reads through the connections that money needs too.
  private static final int WAITERS_MAX = 64;

  /// Of them, with `waitMs`.
  private static final int WAITERS_PER_CALLER_MAX = 8;

  /// And with a command that is repeated: its answer is final then, so that nobody asks once more.
  private static final int REPLAYS_PER_CALLER_MAX = 32;

  /// A repeated command waits this long for the first one's thread before it says "pending".
  private static final Duration REPLAY_WAIT_MAX = Duration.ofSeconds(2);

  private final Waiters waiters = new Waiters(WAITERS_MAX, WAITERS_PER_CALLER_MAX);
  private final Waiters replays = new Waiters(WAITERS_MAX, REPLAYS_PER_CALLER_MAX);
  private final TransferViews views;
  private final Transfers transfers;
  private final Journal journal;
  private final DryRun dryRun;
  private final TransferSaga saga;

  TransferIntake(
      TransferViews views,
      Transfers transfers,
      Journal journal,
      TransferSaga saga,
      JdbcClient sql,
      DatabaseClock clock) {
    this.views = views;
    this.transfers = transfers;
    this.journal = journal;
    this.dryRun = new DryRun(sql, clock);
    this.saga = saga;
  }

  /// The transfer as it stands when this thread has done what it could in the caller's time.
  Transfer create(
      UUID commandId, TransferRequest request, Caller caller, Trace trace, TimeLeft timeLeft) {
    requireAllDebits(caller, request.movements(), Problem.notFound());
    return decide(
        hold(
            commandId,
            request.fingerprint(caller.subject()),
            caller,
            request.movements(),
            request.currency(),
            request.isCapturedByRequest() ? saga.captureWithin() : null,
            null,
            request.terms(),
            trace),
        timeLeft);
  }

  /// What would become of it up to the hold.
  DryRunView tryOut(TransferRequest request, Caller caller, Trace trace) {
    requireAllDebits(caller, request.movements(), Problem.notFound());
    HoldFunds command =
        hold(
            UUID.randomUUID(),
            request.fingerprint(caller.subject()),
            caller,
            request.movements(),
            request.currency(),
            null,
            null,
            request.terms(),
            trace);
    RejectionReason reason = dryRun.whyNot(command);
    if (reason != null) {
      throw Rejections.ofDryRun(reason);
    }
    return new DryRunView(true, command.money().amountMinor(), command.currency());
  }

  /// A transfer of its own with the sides swapped, for who owns the accounts that it debits.
  Transfer reverse(
      UUID commandId,
      UUID originalId,
      ReversalRequest request,
      Caller caller,
      Trace trace,
      TimeLeft timeLeft) {
    Visible original = views.find(originalId, caller);
    List<TransferLeg> legs = original.legs();
    Problem otherwise =
        new Problem(
            ProblemCode.FORBIDDEN,
            "A reversal is for the owner of each account that it debits, or an operator, to ask"
                + " for: name the legs that paid you.");
    List<Leg> swapped = new ArrayList<>();
    List<ReversedLeg> reversed = new ArrayList<>();
    for (ReversalRequest.LegPart part : request.parts(legs.size())) {
      if (part.leg() > legs.size()) {
        // Who may not see every leg is not told how many there are.
        throw otherwise;
      }
      TransferLeg leg = legs.get(part.leg() - 1);
      swapped.add(
          leg.reversed(part.amountMinor() == null ? leg.amountMinor() : part.amountMinor()));
      reversed.add(new ReversedLeg(part.leg(), part.amountMinor() == null));
    }
    // What was to be paid to nobody is an operator's to ask about too: the journal says what it is.
    if (!caller.isOperator()) {
      requireAllDebits(caller, swapped, otherwise);
    }
    return decide(
        hold(
            commandId,
            request.fingerprint(caller.subject(), originalId),
            caller,
            swapped,
            original.transfer().currency(),
            null,
            new Reversal(originalId, reversed),
            request.terms(),
            trace),
        timeLeft);
  }

  /// Posts some of what a transfer holds, for an owner of either account.
  Transfer capture(
      UUID commandId, UUID transferId, CaptureRequest request, Caller caller, TimeLeft timeLeft) {
    requireSide(transferId, caller);
    return change(
        transferId,
        new CaptureHold(
            commandId,
            request.fingerprint(caller.subject(), transferId),
            transferId,
            request.amountMinor(),
            request.isTheLast()),
        timeLeft);
  }

  /// Gives back what a transfer holds, for an owner of either account. One that is pending is marked;
  /// its saga turns back, and is waited for a moment.
  Transfer voidTransfer(UUID commandId, UUID transferId, Caller caller, TimeLeft timeLeft) {
    requireSide(transferId, caller);
    Transfer changed =
        change(
            transferId,
            new VoidTransfer(
                commandId,
                Fingerprint.of(List.of("void-transfer", caller.subject(), transferId)),
                transferId),
            timeLeft);
    return changed.status() == Transfer.Status.PENDING
        ? awaitEnd(replays, transferId, caller.subject(), atMost(REPLAY_WAIT_MAX, timeLeft))
        : changed;
  }

  private Transfer change(
      UUID transferId, JournalCommand<ChangeOutcome> command, TimeLeft timeLeft) {
    return switch (journal.submit(command, timeLeft.toDuration())) {
      case ChangeOutcome.Accepted(), ChangeOutcome.Requested() -> find(transferId);
      case ChangeOutcome.Rejected(RejectionReason reason) ->
          throw Rejections.of(reason, transferId);
      case ChangeOutcome.IdReused() -> throw idReused();
    };
  }

  private HoldFunds hold(
      UUID commandId,
      Fingerprint fingerprint,
      Caller caller,
      List<Leg> legs,
      String currency,
      @Nullable Duration captureWithin,
      @Nullable Reversal reversal,
      TransferTerms terms,
      Trace trace) {
    return new HoldFunds(
        commandId,
        fingerprint,
        caller.subject(),
        caller.isOperator(),
        legs,
        currency,
        captureWithin,
        reversal,
        terms.reference(),
        terms.metadataOrEmpty(),
        trace.traceparent(),
        saga.newOwner(),
        saga.lease(),
        saga.lifetime());
  }

  private Transfer decide(HoldFunds command, TimeLeft timeLeft) {
    return switch (journal.submit(command, timeLeft.toDuration())) {
      case HoldOutcome.Held(UUID transferId, long epoch) -> {
        goOn(command, epoch, timeLeft);
        yield find(transferId);
      }
      case HoldOutcome.Replayed(UUID transferId) ->
          awaitEnd(replays, transferId, command.initiator(), atMost(REPLAY_WAIT_MAX, timeLeft));
      case HoldOutcome.Rejected(UUID transferId, RejectionReason reason) -> find(transferId);
      case HoldOutcome.IdReused() -> throw idReused();
    };
  }

  static Problem idReused() {
    return new Problem(
        ProblemCode.IDEMPOTENCY_KEY_REUSED,
        "The idempotency key was used for another request. Use a new key.");
  }

  /// From here on the transfer exists and its funds are held. Trouble must not read as "nothing was
  /// written": the caller is told that it is pending, and recovery goes on.
  private void goOn(HoldFunds command, long epoch, TimeLeft timeLeft) {
    try {
      saga.start(command, epoch, timeLeft);
    } catch (JournalUnavailable | DataAccessException | TransactionException e) {
      log.warn("transfer {} is left to recovery", command.id(), e);
    } catch (JournalDefect e) {
      log.error("transfer {} is left to recovery", command.id(), e);
    }
  }

  /// Looks until the transfer is no longer pending or the time is over; another thread, or another
  /// instance, may be the one that moves it.
  Transfer awaitEnd(UUID transferId, String caller, TimeLeft timeLeft) {
    return awaitEnd(waiters, transferId, caller, timeLeft);
  }

  private Transfer awaitEnd(Waiters waiters, UUID transferId, String caller, TimeLeft timeLeft) {
    if (!waiters.enter(caller)) {
      return find(transferId);
    }
    try {
      Duration pause = LOOK_INTERVAL;
      while (!timeLeft.isOver()
          && !Thread.currentThread().isInterrupted()
          && transfers.statusOf(transferId).filter(Transfer.Status.PENDING::equals).isPresent()) {
        LockSupport.parkNanos(Math.min(pause.toNanos(), timeLeft.toDuration().toNanos()));
        pause = pause.compareTo(LOOK_INTERVAL_MAX) < 0 ? pause.multipliedBy(2) : pause;
      }
    } finally {
      waiters.leave(caller);
    }
    return find(transferId);
  }

  private static TimeLeft atMost(Duration bound, TimeLeft timeLeft) {
    return timeLeft.toDuration().compareTo(bound) > 0 ? TimeLeft.of(bound) : timeLeft;
  }

  /// Whoever asks must own every account that pays.
  private void requireAllDebits(Caller caller, List<Leg> legs, Problem otherwise) {
    Set<UUID> debits = legs.stream().map(Leg::debitAccountId).collect(Collectors.toSet());
    if (!views.own(caller, debits).equals(debits)) {
      throw otherwise;
    }
  }

  /// One payee of several must not undo what the others are paid.
  private void requireSide(UUID transferId, Caller caller) {
    Visible visible = views.find(transferId, caller);
    if (!visible.isDebitSide() && !visible.isCreditSide()) {
      throw new Problem(
          ProblemCode.FORBIDDEN,
          "This is for who owns every account on one side of the transfer, or an operator.");
    }
  }

  private Transfer find(UUID id) {
    return transfers.findById(id).orElseThrow(Problem::notFound);
  }
}
