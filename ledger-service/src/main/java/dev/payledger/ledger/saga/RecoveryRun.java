package dev.payledger.ledger.saga;

import dev.payledger.kit.deadline.Deadline;
import dev.payledger.ledger.journal.JournalUnavailable;
import dev.payledger.ledger.saga.SagaTransfers.DueSaga;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/// Takes up sagas that nobody is working on: handed back, or left by a crash when their lease is
/// over. A crash of this run leaves leases that run out in turn.
@Component
class RecoveryRun {
  private static final Logger log = LoggerFactory.getLogger(RecoveryRun.class);

  private static final int FAILURE_LENGTH_MAX = 200;

  private static final int LOOK_MAX = 256;

  private final SagaClaims claims;
  private final SagaTransfers transfers;
  private final TransferSaga saga;
  private final SagaProperties properties;

  RecoveryRun(
      SagaClaims claims, SagaTransfers transfers, TransferSaga saga, SagaProperties properties) {
    this.claims = claims;
    this.transfers = transfers;
    this.saga = saga;
    this.properties = properties;
  }

  /// One pass, until nothing is due or what is due cannot be claimed. Each worker that is free takes the
  /// next saga, so that a slow one delays none but itself; of one initiator a few are under way at a
  /// time, so that its backlog leaves workers for everybody else's.
  ///
  /// @return how many sagas were taken up
  @Scheduled(fixedDelayString = "${payledger.saga.recovery-interval}")
  public int runOnce() {
    try (ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor()) {
      return new Pass(workers).run();
    } catch (InterruptedException e) {
      // This process stops. Leases of what was under way run out.
      Thread.currentThread().interrupt();
      return 0;
    }
  }

  /// The state of one pass; only its own thread touches it, workers report to `ended`.
  private final class Pass {
    private final ExecutorService workers;
    private final BlockingQueue<End> ended = new LinkedBlockingQueue<>();
    private final Map<String, Integer> running = new HashMap<>();
    private List<DueSaga> due = List.of();
    private int runningCount;
    private int taken;

    /// Whether any was taken up since the last look. If not, looking again shows the same.
    private boolean hasMoved;

    /// On the monotonic clock.
    private long lookAgainAt;

    Pass(ExecutorService workers) {
      this.workers = workers;
    }

    int run() throws InterruptedException {
      look();
      while (true) {
        start();
        if (runningCount > 0) {
          End end = ended.poll(lookAgainAt - System.nanoTime(), TimeUnit.NANOSECONDS);
          if (end != null) {
            end(end);
          }
        } else if (!hasMoved) {
          return taken;
        }
        // What became due meanwhile may be of somebody who does not wait for the rest of this look.
        if ((due.isEmpty() && hasMoved) || System.nanoTime() - lookAgainAt >= 0) {
          look();
        }
      }
    }

    private void look() {
      hasMoved = false;
      lookAgainAt = System.nanoTime() + properties.recoveryInterval().toNanos();
      try {
        due = new ArrayList<>(transfers.due(LOOK_MAX));
      } catch (DataAccessException | TransactionException e) {
        log.warn("no sagas found, the database did not answer: {}", e.toString());
        due = List.of();
      }
    }

    private void start() {
      for (Iterator<DueSaga> left = due.iterator();
          left.hasNext() && runningCount < properties.recoveryConcurrencyMax(); ) {
        DueSaga next = left.next();
        int ofInitiator = running.getOrDefault(next.initiator(), 0);
        if (ofInitiator < properties.recoveryPerInitiatorMax()) {
          left.remove();
          running.put(next.initiator(), ofInitiator + 1);
          runningCount++;
          workers.execute(() -> ended.add(new End(next.initiator(), recoverIfDue(next))));
        }
      }
    }

    private void end(End end) {
      running.computeIfPresent(end.initiator, (_, count) -> count > 1 ? count - 1 : null);
      runningCount--;
      if (end.isTaken) {
        taken++;
        hasMoved = true;
      }
    }
  }

  private record End(String initiator, boolean isTaken) {}

  /// @return false when it is not due any more, or another instance has it
  private boolean recoverIfDue(DueSaga due) {
    try (var _ = due.trace().inLog()) {
      return recoverIfDue(due.transferId());
    }
  }

  private boolean recoverIfDue(UUID transferId) {
    Optional<SagaLease> lease;
    try {
      lease = claims.claimDue(transferId);
    } catch (DataAccessException | TransactionException e) {
      log.warn("saga of transfer {} not claimed: {}", transferId, e.toString());
      return false;
    }
    lease.ifPresent(this::recover);
    return lease.isPresent();
  }

  private void recover(SagaLease lease) {
    try {
      saga.run(
          lease, transfers.find(lease.transferId()), Deadline.after(properties.recoveryTimeout()));
    } catch (JournalUnavailable
        | TransientDataAccessException
        | DataAccessResourceFailureException
        | TransactionException e) {
      // The database is away or busy: the lease runs out and the saga is taken up again.
      log.warn("saga of transfer {} not moved: {}", lease.transferId(), e.toString());
    } catch (RuntimeException e) {
      log.error("saga of transfer {} not moved", lease.transferId(), e);
      fail(lease, e);
    }
  }

  private void fail(SagaLease lease, RuntimeException defect) {
    try {
      if (claims.fail(lease, failure(defect))) {
        log.error("saga of transfer {} is parked", lease.transferId());
      }
    } catch (DataAccessException | TransactionException e) {
      // The lease runs out and it is taken up again.
      log.warn("the failure of transfer {} is not recorded: {}", lease.transferId(), e.toString());
    }
  }

  /// The first line of what was at the bottom of it.
  private static String failure(RuntimeException defect) {
    String cause = NestedExceptionUtils.getMostSpecificCause(defect).toString();
    String line = cause.lines().findFirst().orElse("");
    return line.length() > FAILURE_LENGTH_MAX ? line.substring(0, FAILURE_LENGTH_MAX) : line;
  }
}
