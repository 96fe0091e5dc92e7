package dev.payledger.ledger.saga;

import dev.payledger.ledger.journal.JournalUnavailable;
import dev.payledger.ledger.request.TimeLeft;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
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

  /// One pass: in bounded handfuls, as long as they are full.
  ///
  /// @return how many sagas were taken up
  @Scheduled(fixedDelayString = "${payledger.saga.recovery-interval}")
  public int runOnce() {
    int all = 0;
    int some;
    do {
      some = takeUpSome();
      all += some;
    } while (some == properties.recoveryBatchMax());
    return all;
  }

  private int takeUpSome() {
    List<SagaLease> leases;
    try {
      leases = claims.claimDue();
    } catch (DataAccessException | TransactionException e) {
      log.warn("no sagas claimed, the database did not answer: {}", e.toString());
      return 0;
    }
    try (ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor()) {
      leases.forEach(lease -> workers.execute(() -> recover(lease)));
    }
    return leases.size();
  }

  private void recover(SagaLease lease) {
    try {
      saga.run(
          lease, transfers.find(lease.transferId()), TimeLeft.of(properties.recoveryTimeout()));
    } catch (JournalUnavailable
        | TransientDataAccessException
        | DataAccessResourceFailureException
        | TransactionException e) {
      // The database is away or busy: the lease runs out and the saga is taken up again. Whatever
      // else
      // it says would be the same the next time.
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
