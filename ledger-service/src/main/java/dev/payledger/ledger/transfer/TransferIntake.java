package dev.payledger.ledger.transfer;

import dev.payledger.ledger.account.Account;
import dev.payledger.ledger.account.Accounts;
import dev.payledger.ledger.journal.Journal;
import dev.payledger.ledger.journal.JournalCommand.HoldFunds;
import dev.payledger.ledger.journal.JournalCommand.HoldOutcome;
import dev.payledger.ledger.journal.JournalUnavailable;
import dev.payledger.ledger.journal.RejectionReason;
import dev.payledger.ledger.request.Caller;
import dev.payledger.ledger.request.Problem;
import dev.payledger.ledger.request.ProblemCode;
import dev.payledger.ledger.request.TimeLeft;
import dev.payledger.ledger.request.Trace;
import dev.payledger.ledger.saga.TransferSaga;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
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

  /// A repeated command waits this long for the first one's thread before it says "pending".
  private static final Duration REPLAY_WAIT_MAX = Duration.ofSeconds(2);

  private final Semaphore waiters = new Semaphore(WAITERS_MAX);
  private final Accounts accounts;
  private final Transfers transfers;
  private final Journal journal;
  private final TransferSaga saga;
  private final Clock clock;

  TransferIntake(
      Accounts accounts, Transfers transfers, Journal journal, TransferSaga saga, Clock clock) {
    this.accounts = accounts;
    this.transfers = transfers;
    this.journal = journal;
    this.saga = saga;
    this.clock = clock;
  }

  /// The transfer as it stands when this thread has done what it could in the caller's time.
  Transfer create(
      UUID commandId, TransferRequest request, Caller caller, Trace trace, TimeLeft timeLeft) {
    if (!maySee(caller, request.debitAccountId())) {
      throw Problem.notFound();
    }
    Instant now = clock.instant();
    return decide(
        new HoldFunds(
            commandId,
            request.fingerprint(caller.subject()),
            caller.subject(),
            caller.isOperator(),
            request.debitAccountId(),
            request.creditAccountId(),
            request.money(),
            null,
            request.reference(),
            request.metadataOrEmpty(),
            trace.traceparent(),
            saga.newOwner(),
            saga.leaseUntil(now),
            saga.expiresAt(now)),
        timeLeft);
  }

  /// A transfer of its own with the sides swapped, for who owns the account that it debits.
  Transfer reverse(
      UUID commandId,
      UUID originalId,
      ReversalRequest request,
      Caller caller,
      Trace trace,
      TimeLeft timeLeft) {
    Transfer original = find(originalId);
    if (!maySee(caller, original.creditAccountId())) {
      if (maySee(caller, original.debitAccountId())) {
        throw new Problem(
            ProblemCode.FORBIDDEN,
            "A reversal is for the owner of the account that it debits, or an operator, to ask for.");
      }
      throw Problem.notFound();
    }
    Instant now = clock.instant();
    return decide(
        new HoldFunds(
            commandId,
            request.fingerprint(caller.subject(), originalId),
            caller.subject(),
            caller.isOperator(),
            original.creditAccountId(),
            original.debitAccountId(),
            request.money(original),
            originalId,
            request.reference(),
            request.metadataOrEmpty(),
            trace.traceparent(),
            saga.newOwner(),
            saga.leaseUntil(now),
            saga.expiresAt(now)),
        timeLeft);
  }

  private Transfer decide(HoldFunds command, TimeLeft timeLeft) {
    return switch (journal.submit(command, timeLeft.toDuration())) {
      case HoldOutcome.Held(UUID transferId, long epoch) -> {
        goOn(command, epoch, timeLeft);
        yield find(transferId);
      }
      case HoldOutcome.Replayed(UUID transferId) ->
          awaitFinal(
              transferId,
              timeLeft.toDuration().compareTo(REPLAY_WAIT_MAX) > 0
                  ? TimeLeft.of(REPLAY_WAIT_MAX)
                  : timeLeft);
      case HoldOutcome.Rejected(UUID transferId, RejectionReason reason) -> find(transferId);
      case HoldOutcome.IdReused() ->
          throw new Problem(
              ProblemCode.IDEMPOTENCY_KEY_REUSED,
              "The idempotency key was used for another request. Use a new key.");
    };
  }

  /// From here on the transfer exists and its funds are held. Trouble must not read as "nothing was
  /// written": the caller is told that it is pending, and recovery goes on.
  private void goOn(HoldFunds command, long epoch, TimeLeft timeLeft) {
    try {
      saga.start(command, epoch, timeLeft);
    } catch (JournalUnavailable | DataAccessException | TransactionException e) {
      log.warn("transfer {} is left to recovery", command.id(), e);
    }
  }

  /// Looks until the transfer is final or the time is over; another thread, or another instance,
  /// may be the one that moves it.
  Transfer awaitFinal(UUID transferId, TimeLeft timeLeft) {
    if (!waiters.tryAcquire()) {
      return find(transferId);
    }
    try {
      Duration pause = LOOK_INTERVAL;
      while (!timeLeft.isOver()
          && !Thread.currentThread().isInterrupted()
          && !transfers.statusOf(transferId).map(Transfer.Status::isFinal).orElse(true)) {
        LockSupport.parkNanos(Math.min(pause.toNanos(), timeLeft.toDuration().toNanos()));
        pause = pause.compareTo(LOOK_INTERVAL_MAX) < 0 ? pause.multipliedBy(2) : pause;
      }
    } finally {
      waiters.release();
    }
    return find(transferId);
  }

  private boolean maySee(Caller caller, UUID accountId) {
    return accounts.findById(accountId).map(Account::owner).filter(caller::maySee).isPresent();
  }

  private Transfer find(UUID id) {
    return transfers.findById(id).orElseThrow(Problem::notFound);
  }
}
