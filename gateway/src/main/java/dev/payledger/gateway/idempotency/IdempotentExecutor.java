package dev.payledger.gateway.idempotency;

import dev.payledger.gateway.forward.UpstreamResponse;
import dev.payledger.gateway.forward.UpstreamResult;
import dev.payledger.kit.deadline.Deadline;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/// Gives every request with one key the same answer: claim, forward, store the final answer, reply.
///
/// A crash before the claim leaves nothing. A crash after it leaves a lease that ends, and the next
/// caller forwards the same command id. A crash after the forward is the same: the ledger knows the
/// command. A crash after the answer is stored replays it. No database transaction is open while the
/// service works.
@Component
public class IdempotentExecutor {
  private static final Logger log = LoggerFactory.getLogger(IdempotentExecutor.class);

  /// The command is the ledger's, and goes on.
  private static final int ACCEPTED = 202;

  private final IdempotencyKeys keys;
  private final FinalAnswers finalAnswers;
  private final IdempotencyProperties properties;
  private final CompletionSignals signals = new CompletionSignals();

  IdempotentExecutor(
      IdempotencyKeys keys, FinalAnswers finalAnswers, IdempotencyProperties properties) {
    this.keys = keys;
    this.finalAnswers = finalAnswers;
    this.properties = properties;
  }

  /// `forward` sends the command with its id; it is called at most once per claim that this request
  /// is granted, and not at all for a replay. `mayWait` is asked when somebody else has the claim,
  /// who is waited for: each look is one into the database, so few of a caller's duplicates may.
  public IdempotentResult execute(
      KeyedCommand command,
      Deadline deadline,
      Supplier<UpstreamResult> forward,
      BooleanSupplier mayWait) {
    try {
      return answer(command, deadline, forward, mayWait);
    } catch (DataAccessException | TransactionException e) {
      // One line: it comes once for each request while the store is away.
      log.warn("idempotency keys are not available: {}", e.toString());
      return new IdempotentResult.StoreUnavailable();
    }
  }

  private IdempotentResult answer(
      KeyedCommand command,
      Deadline deadline,
      Supplier<UpstreamResult> forward,
      BooleanSupplier mayWait) {
    Deadline patience = Deadline.after(shorter(properties.waitMax(), deadline.remaining()));
    ClaimResult claim = keys.claim(command);
    while (true) {
      switch (claim) {
        case ClaimResult.Completed(UpstreamResponse answer) -> {
          return new IdempotentResult.Replayed(answer);
        }
        case ClaimResult.KeyReused() -> {
          return new IdempotentResult.Reused();
        }
        case ClaimResult.Granted(long epoch) -> {
          return forwardAndStore(command, epoch, forward);
        }
        case ClaimResult.Available(), ClaimResult.InProgress() -> {
          if (patience.hasPassed()
              || !mayWait.getAsBoolean()
              || !waited(command, claim, patience)) {
            return new IdempotentResult.InFlight();
          }
          ClaimResult seen = keys.look(command);
          claim = seen instanceof ClaimResult.Available ? keys.claim(command) : seen;
        }
      }
    }
  }

  private IdempotentResult forwardAndStore(
      KeyedCommand command, long epoch, Supplier<UpstreamResult> forward) {
    try {
      UpstreamResult forwarded = forward.get();
      if (forwarded instanceof UpstreamResult.Answered(UpstreamResponse answer)) {
        if (!finalAnswers.isFinal(answer)) {
          releaseClaim(
              command,
              () -> {
                if (answer.status() == ACCEPTED) {
                  keys.accept(command, epoch, answer.location());
                } else {
                  keys.release(command, epoch);
                }
              });
          return new IdempotentResult.Fresh(answer);
        }
        // From here on the money has moved or never will: nothing is said before it is stored.
        return keys.answer(command, answer)
            ? new IdempotentResult.Fresh(answer)
            : stored(command, answer);
      }
      releaseClaim(command, () -> keys.release(command, epoch));
      return new IdempotentResult.Unanswered(forwarded);
    } finally {
      signals.signal(command.commandId());
    }
  }

  /// The lease ended meanwhile, and a later holder was first to store its answer: the callers of one key
  /// get one. What this request holds is final whatever else is in the row.
  private IdempotentResult stored(KeyedCommand command, UpstreamResponse held) {
    return keys.look(command) instanceof ClaimResult.Completed(UpstreamResponse first)
        ? new IdempotentResult.Replayed(first)
        : new IdempotentResult.Fresh(held);
  }

  /// Failing to give a claim back costs the next caller the rest of the lease, nothing else.
  private static void releaseClaim(KeyedCommand command, Runnable claim) {
    try {
      claim.run();
    } catch (DataAccessException | TransactionException e) {
      log.warn("claim on {} not given back, its lease will end", command.commandId(), e);
    }
  }

  private boolean waited(KeyedCommand command, ClaimResult claim, Deadline patience) {
    if (claim instanceof ClaimResult.Available) {
      return true;
    }
    try {
      signals.await(command.commandId(), shorter(properties.pollInterval(), patience.remaining()));
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
