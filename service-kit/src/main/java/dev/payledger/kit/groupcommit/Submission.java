package dev.payledger.kit.groupcommit;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/// A command that is under way, and the caller who waits for its decision.
final class Submission<C, D> {
  private enum Stage {
    QUEUED,
    TAKEN,
    GIVEN_UP
  }

  private static final String TRACE_ID = "traceId";

  private final C command;
  private final long deadline;
  // From the caller's thread: the writer's thread logs under it.
  private final @Nullable String traceId = MDC.get(TRACE_ID);
  private final CompletableFuture<D> decision = new CompletableFuture<>();
  // Either the writer takes it or the caller gives it up, never both.
  private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.QUEUED);
  private volatile boolean outcomeUnknown;
  // The writer's own.
  private int postponements;
  private long firstPostponedAt;

  /// @param deadline in the terms of `System.nanoTime`
  Submission(C command, long deadline) {
    this.command = command;
    this.deadline = deadline;
  }

  C command() {
    return command;
  }

  /// Puts the caller's trace id into the log context until it is closed.
  MDC.MDCCloseable inLog() {
    return MDC.putCloseable(TRACE_ID, traceId);
  }

  /// Called by the writer before an attempt: false when the caller no longer waits.
  boolean take() {
    return !isOver() && stage.compareAndSet(Stage.QUEUED, Stage.TAKEN);
  }

  boolean isOver() {
    return System.nanoTime() - deadline >= 0;
  }

  /// Called by the writer when the command was left out of the transaction: it queues again.
  ///
  /// @return how often by now
  int postpone() {
    stage.compareAndSet(Stage.TAKEN, Stage.QUEUED);
    if (postponements == 0) {
      firstPostponedAt = System.nanoTime();
    }
    return ++postponements;
  }

  /// Since it was first left out; zero when it never was.
  Duration postponedFor() {
    return postponements == 0
        ? Duration.ZERO
        : Duration.ofNanos(System.nanoTime() - firstPostponedAt);
  }

  /// An attempt with it in may have been committed. It stays so until an attempt is.
  void becomeUnknown() {
    outcomeUnknown = true;
  }

  void decided(D decided) {
    decision.complete(decided);
  }

  void notDecided(Throwable cause) {
    decision.completeExceptionally(new CommitUnavailableException(outcomeUnknown, cause));
  }

  void failed(Throwable defect) {
    decision.completeExceptionally(defect);
  }

  /// @throws CommitUnavailableException when the time is over before it is decided
  D await() {
    try {
      return decision.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw givenUp(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw givenUp(e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof CommitUnavailableException unavailable) {
        throw unavailable;
      }
      throw new CommitDefectException(e);
    }
  }

  /// Still queued, it will not be attempted any more. Taken, it may be committed at any moment; so may an
  /// earlier attempt whose outcome is unknown, even when it has queued again since.
  private CommitUnavailableException givenUp(Exception cause) {
    boolean isTaken = !stage.compareAndSet(Stage.QUEUED, Stage.GIVEN_UP);
    return new CommitUnavailableException(isTaken || outcomeUnknown, cause);
  }
}
