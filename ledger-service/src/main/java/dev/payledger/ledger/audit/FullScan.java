package dev.payledger.ledger.audit;

import dev.payledger.kit.deadline.Deadline;
import dev.payledger.kit.problem.CommonErrorCode;
import dev.payledger.kit.problem.ProblemException;
import dev.payledger.ledger.journal.DatabaseClock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionTimedOutException;

/// The full scan, single-flight: it reads every row there is, so whoever asks while one runs waits for
/// that one and gets its result, whose snapshot was taken before the question.
@Component
class FullScan {
  private static final Logger log = LoggerFactory.getLogger(FullScan.class);

  private final Checks checks;
  private final AuditProgress progress;
  private final JdbcClient sql;
  private final DatabaseClock clock;
  private final AtomicReference<@Nullable CompletableFuture<ChecksView>> running =
      new AtomicReference<>();

  FullScan(
      Checks checks,
      AuditProgress progress,
      @Qualifier("audit") JdbcClient sql,
      DatabaseClock clock) {
    this.checks = checks;
    this.progress = progress;
    this.sql = sql;
    this.clock = clock;
  }

  /// @param deadline how long to wait for a scan that is running
  ChecksView run(Deadline deadline) {
    CompletableFuture<ChecksView> mine = new CompletableFuture<>();
    CompletableFuture<ChecksView> theirs = running.compareAndExchange(null, mine);
    return theirs == null ? scan(mine) : await(theirs, deadline);
  }

  private ChecksView scan(CompletableFuture<ChecksView> mine) {
    try {
      Map<String, List<String>> before = progress.findings();
      ChecksView result = checks.run();
      progress.settle(before, result, clock.now(sql));
      mine.complete(result);
      return result;
    } catch (QueryTimeoutException | TransactionTimedOutException e) {
      ProblemException unfinished = unfinished();
      log.warn("a full scan did not end in time: {}", e.toString());
      mine.completeExceptionally(unfinished);
      throw unfinished;
    } catch (RuntimeException | Error e) {
      mine.completeExceptionally(e);
      throw e;
    } finally {
      running.set(null);
    }
  }

  private static ChecksView await(CompletableFuture<ChecksView> theirs, Deadline deadline) {
    try {
      return theirs.get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new ProblemException(
          CommonErrorCode.TEMPORARY_REDUCED_CAPACITY,
          "A full scan is running and did not end in time. Ask again, or for mode=CONTINUOUS.");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ProblemException) {
        throw unfinished();
      }
      throw new ProblemException(
          CommonErrorCode.UNAVAILABLE, "The full scan that was running failed. Try again.");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ProblemException(CommonErrorCode.UNAVAILABLE, "The ledger is stopping. Try again.");
    }
  }

  private static ProblemException unfinished() {
    return new ProblemException(
        CommonErrorCode.TEMPORARY_REDUCED_CAPACITY,
        "The books are too large for a full scan, which ends after 30 s. The rolling audit goes through all"
            + " of them: ask for mode=CONTINUOUS.");
  }
}
