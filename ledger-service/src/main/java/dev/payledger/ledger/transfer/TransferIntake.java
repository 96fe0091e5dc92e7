package dev.payledger.ledger.transfer;

import dev.payledger.kit.deadline.Deadline;
import dev.payledger.kit.problem.CommonErrorCode;
import dev.payledger.kit.problem.ProblemException;
import dev.payledger.kit.trace.Traceparent;
import dev.payledger.ledger.command.JournalCommand.ChangeOutcome;
import dev.payledger.ledger.command.JournalCommand.ChangeTransfer;
import dev.payledger.ledger.command.JournalCommand.HoldFunds;
import dev.payledger.ledger.command.JournalCommand.HoldOutcome;
import dev.payledger.ledger.journal.Journal;
import dev.payledger.ledger.journal.JournalDefect;
import dev.payledger.ledger.journal.JournalUnavailable;
import dev.payledger.ledger.money.RejectionReason;
import dev.payledger.ledger.request.Caller;
import dev.payledger.ledger.request.LedgerProblems;
import dev.payledger.ledger.saga.TransferSaga;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/// Takes a request for a transfer, once per command id: hold the money, and from there on the saga must
/// finish, with this thread or without it.
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
  private final TransferCommands commands;
  private final Transfers transfers;
  private final Journal journal;
  private final TransferSaga saga;

  TransferIntake(
      TransferCommands commands, Transfers transfers, Journal journal, TransferSaga saga) {
    this.commands = commands;
    this.transfers = transfers;
    this.journal = journal;
    this.saga = saga;
  }

  /// The transfer as it stands when this thread has done what it could in the caller's time.
  Transfer create(
      UUID commandId,
      TransferRequest request,
      Caller caller,
      Traceparent trace,
      Deadline deadline) {
    return decide(commands.create(commandId, request, caller, trace), deadline);
  }

  /// A transfer of its own with the sides swapped.
  Transfer reverse(
      UUID commandId,
      UUID originalId,
      ReversalRequest request,
      Caller caller,
      Traceparent trace,
      Deadline deadline) {
    return decide(commands.reverse(commandId, originalId, request, caller, trace), deadline);
  }

  /// Posts some of what a transfer holds.
  Transfer capture(
      UUID commandId, UUID transferId, CaptureRequest request, Caller caller, Deadline deadline) {
    return change(commands.capture(commandId, transferId, request, caller), deadline);
  }

  /// Gives back what a transfer holds. One that is pending is marked; its saga compensates, and is
  /// waited for a moment.
  Transfer voidTransfer(UUID commandId, UUID transferId, Caller caller, Deadline deadline) {
    Transfer changed = change(commands.voidTransfer(commandId, transferId, caller), deadline);
    return changed.status() == Transfer.Status.PENDING
        ? awaitEnd(replays, transferId, caller.subject(), atMost(REPLAY_WAIT_MAX, deadline))
        : changed;
  }

  private Transfer change(ChangeTransfer command, Deadline deadline) {
    return switch (journal.submit(command, deadline.remaining())) {
      case ChangeOutcome.Accepted(), ChangeOutcome.Requested() -> find(command.transferId());
      case ChangeOutcome.Rejected(RejectionReason reason) ->
          throw Rejections.of(reason, command.transferId());
      case ChangeOutcome.IdReused() -> throw idReused();
    };
  }

  private Transfer decide(HoldFunds command, Deadline deadline) {
    return switch (journal.submit(command, deadline.remaining())) {
      case HoldOutcome.Held(UUID transferId, long epoch) -> {
        runSaga(command, epoch, deadline);
        yield find(transferId);
      }
      case HoldOutcome.Replayed(UUID transferId) ->
          awaitEnd(replays, transferId, command.initiator(), atMost(REPLAY_WAIT_MAX, deadline));
      case HoldOutcome.Rejected(UUID transferId, RejectionReason reason) -> find(transferId);
      case HoldOutcome.IdReused() -> throw idReused();
    };
  }

  static ProblemException idReused() {
    return new ProblemException(
        CommonErrorCode.IDEMPOTENCY_KEY_REUSED,
        "The idempotency key was used for another request. Use a new key.");
  }

  /// From here on the transfer exists and its funds are held. Trouble must not read as "nothing was
  /// written": the caller is told that it is pending, and recovery goes on.
  private void runSaga(HoldFunds command, long epoch, Deadline deadline) {
    try {
      saga.start(command, epoch, deadline);
    } catch (JournalUnavailable | DataAccessException | TransactionException e) {
      log.warn("transfer {} is left to recovery", command.id(), e);
    } catch (JournalDefect e) {
      log.error("transfer {} is left to recovery", command.id(), e);
    }
  }

  /// Looks until the transfer is no longer pending or the time is over; another thread, or another
  /// instance, may be the one that moves it.
  Transfer awaitEnd(UUID transferId, String caller, Deadline deadline) {
    return awaitEnd(waiters, transferId, caller, deadline);
  }

  private Transfer awaitEnd(Waiters waiters, UUID transferId, String caller, Deadline deadline) {
    if (!waiters.enter(caller)) {
      return find(transferId);
    }
    try {
      Duration pause = LOOK_INTERVAL;
      while (!deadline.hasPassed()
          && !Thread.currentThread().isInterrupted()
          && transfers.statusOf(transferId).filter(Transfer.Status.PENDING::equals).isPresent()) {
        LockSupport.parkNanos(Math.min(pause.toNanos(), deadline.remaining().toNanos()));
        pause = pause.compareTo(LOOK_INTERVAL_MAX) < 0 ? pause.multipliedBy(2) : pause;
      }
    } finally {
      waiters.leave(caller);
    }
    return find(transferId);
  }

  private static Deadline atMost(Duration bound, Deadline deadline) {
    return deadline.remaining().compareTo(bound) > 0 ? Deadline.after(bound) : deadline;
  }

  private Transfer find(UUID id) {
    return transfers.findById(id).orElseThrow(LedgerProblems::notFound);
  }
}
