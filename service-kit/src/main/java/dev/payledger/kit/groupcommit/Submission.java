package dev.payledger.ledger.journal;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/// A command that is under way, and the caller who waits for its decision.
final class Submission<O> {
  private enum Place {
    QUEUED,
    TAKEN,
    GIVEN_UP
  }

  private static final String TRACE_ID = "traceId";

  private final JournalCommand<O> command;
  private final long deadline;
  // Of the caller's thread: the writer's thread logs under it.
  private final @Nullable String traceId = MDC.get(TRACE_ID);
  private final CompletableFuture<Decision<O>> decision = new CompletableFuture<>();
  // The writer takes it or the caller gives it up, and the other one has to know.
  private final AtomicReference<Place> place = new AtomicReference<>(Place.QUEUED);
  private volatile boolean outcomeUnknown;
  // The writer's own.
  private int postponements;
  private long firstPostponedAt;

  /// @param deadline in the terms of `System.nanoTime`
  Submission(JournalCommand<O> command, long deadline) {
    this.command = command;
    this.deadline = deadline;
  }

  JournalCommand<O> command() {
    return command;
  }

  /// Puts the caller's trace id into the log context until it is closed.
  MDC.MDCCloseable inLog() {
    return MDC.putCloseable(TRACE_ID, traceId);
  }

  /// Called by the writer before it plans: false when nobody waits for it any more.
  boolean take() {
    return !isOver() && place.compareAndSet(Place.QUEUED, Place.TAKEN);
  }

  boolean isOver() {
    return System.nanoTime() - deadline >= 0;
  }

  /// Called by the writer when the command was left out of the transaction: it queues again.
  ///
  /// @return how often by now
  int postpone() {
    place.compareAndSet(Place.TAKEN, Place.QUEUED);
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

  // The planner answers each command with an outcome of the command's own type.
  @SuppressWarnings("unchecked")
  void decided(Decision<?> decided) {
    decision.complete((Decision<O>) decided);
  }

  void notDecided(Throwable cause) {
    decision.completeExceptionally(new JournalUnavailable(outcomeUnknown, cause));
  }

  void failed(RuntimeException defect) {
    decision.completeExceptionally(defect);
  }

  /// @throws JournalUnavailable when the time is over before it is decided
  Decision<O> await() {
    try {
      return decision.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw givenUp(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw givenUp(e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof JournalUnavailable unavailable) {
        throw unavailable;
      }
      throw new JournalDefect(e);
    }
  }

  /// Still queued, it will not be planned any more. Taken, it may be committed at any moment; and so may
  /// an earlier attempt whose end is unknown, also when it has queued again since.
  private JournalUnavailable givenUp(Exception cause) {
    boolean isTaken = !place.compareAndSet(Place.QUEUED, Place.GIVEN_UP);
    return new JournalUnavailable(isTaken || outcomeUnknown, cause);
  }
}
