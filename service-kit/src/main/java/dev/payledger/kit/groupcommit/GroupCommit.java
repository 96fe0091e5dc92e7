package dev.payledger.ledger.journal;

import dev.payledger.ledger.journal.CommitOutcome.Aborted;
import dev.payledger.ledger.journal.CommitOutcome.Blocked;
import dev.payledger.ledger.journal.CommitOutcome.Committed;
import dev.payledger.ledger.journal.CommitOutcome.Unknown;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Many callers, one writer: whatever has queued up while a transaction was committed goes into the
/// next one. There is no timer; a lone caller waits for nobody, and the more callers there are the more
/// share the price of a commit.
///
/// No command may cost its neighbours more than a short while:
///
/// - A batch that was aborted is run again, bounded, with full jitter, and then in halves.
/// - One that waited too long for a lock, or ran too long, is halved: it would be as slow again.
/// - One that breaks a law of the database is halved until the offender is alone, and fails alone.
/// - A command whose rows somebody else has locked is left out of its batch. It is postponed: it
///   queues again after a random pause that doubles, for as long as `lockPatience` and its caller's time
///   allow. At most `postponedMax` commands wait so; one more is told that the ledger is unavailable.
/// - A batch whose end is unknown is run again: the commands are idempotent by their ids.
final class GroupCommit implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(GroupCommit.class);
  private static final Duration STOP_BOUND = Duration.ofSeconds(10);
  private static final Duration POSTPONE_BASE = Duration.ofMillis(20);
  private static final Duration POSTPONE_BLOCKED = Duration.ofSeconds(1);

  private final Function<List<JournalCommand<?>>, CommitOutcome<List<Optional<Decision<?>>>>>
      attempt;
  private final JournalProperties properties;
  private final JournalMetrics metrics;
  private final BlockingQueue<Submission<?>> queue;

  /// Those in their pause.
  private final Set<Submission<?>> postponed = ConcurrentHashMap.newKeySet();

  private final Thread writer;
  private volatile boolean closed;

  /// @param attempt one transaction for all of the commands: a decision for each, in their order, or
  ///     none for one whose rows are locked by somebody else
  GroupCommit(
      Function<List<JournalCommand<?>>, CommitOutcome<List<Optional<Decision<?>>>>> attempt,
      JournalProperties properties,
      JournalMetrics metrics) {
    this.attempt = attempt;
    this.properties = properties;
    this.metrics = metrics;
    this.queue = new ArrayBlockingQueue<>(properties.queueMax());
    metrics.watch(queue, postponed);
    this.writer = Thread.ofPlatform().name("journal-writer").start(this::loop);
  }

  /// Waits for the command's turn and its commit.
  ///
  /// @throws JournalUnavailable when it was not decided in time, or at once when the queue is full
  <O> Decision<O> submit(JournalCommand<O> command, Duration timeLeft) {
    Submission<O> submission = new Submission<>(command, System.nanoTime() + timeLeft.toNanos());
    if (closed || !queue.offer(submission)) {
      metrics.refused();
      throw new JournalUnavailable(
          false, new IllegalStateException(closed ? "the journal is closed" : "the queue is full"));
    }
    return submission.await();
  }

  /// Lets the batch in flight end; who still queues is told to come back.
  @Override
  public void close() {
    closed = true;
    writer.interrupt();
    try {
      if (!writer.join(STOP_BOUND)) {
        log.warn("the journal's writer did not end within {}", STOP_BOUND);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void loop() {
    while (!closed) {
      try {
        commitNext();
      } catch (InterruptedException e) {
        log.debug("the journal's writer was interrupted");
      } catch (RuntimeException | Error e) {
        // Nothing that is known comes here. Whatever it is, the next batch must find a writer.
        log.error("the journal's writer goes on after", e);
      }
    }
    List<Submission<?>> left = new ArrayList<>();
    queue.drainTo(left);
    left.addAll(postponed);
    left.forEach(late -> late.notDecided(new IllegalStateException("the journal is closed")));
  }

  private void commitNext() throws InterruptedException {
    List<Submission<?>> drained = drain();
    List<Submission<?>> batch = new ArrayList<>(drained.size());
    for (Submission<?> submission : drained) {
      if (submission.take()) {
        batch.add(submission);
      } else {
        submission.notDecided(new IllegalStateException("the time was over in the queue"));
      }
    }
    try {
      commit(batch);
    } catch (RuntimeException | Error e) {
      batch.forEach(submission -> submission.failed(new JournalDefect(e)));
      throw e;
    }
  }

  /// Waits for one. Legs are counted and not commands: rows are what a transaction has to write before
  /// its time-out. Nobody else takes from the queue.
  private List<Submission<?>> drain() throws InterruptedException {
    List<Submission<?>> drained = new ArrayList<>();
    Submission<?> next = queue.take();
    int legs = next.command().legCount();
    drained.add(next);
    while ((next = queue.peek()) != null) {
      legs += next.command().legCount();
      if (legs > properties.batchMax()) {
        break;
      }
      drained.add(queue.remove());
    }
    return drained;
  }

  private void commit(List<Submission<?>> batch) {
    List<Submission<?>> open = batch;
    Exception cause = null;
    for (int n = 1; n <= properties.attemptsMax() && !closed; n++) {
      open = withTimeLeft(open, cause);
      if (open.isEmpty()) {
        return;
      }
      CommitOutcome<List<Optional<Decision<?>>>> outcome;
      try {
        outcome = attempt.apply(open.stream().<JournalCommand<?>>map(Submission::command).toList());
      } catch (RuntimeException e) {
        failOrIsolate(open, e);
        return;
      }
      metrics.attempted(outcome, open.size());
      switch (outcome) {
        case Committed<List<Optional<Decision<?>>>>(List<Optional<Decision<?>>> decisions) -> {
          for (int i = 0; i < open.size(); i++) {
            Submission<?> submission = open.get(i);
            decisions.get(i).ifPresentOrElse(submission::decided, () -> postpone(submission, null));
          }
          return;
        }
        case Aborted<List<Optional<Decision<?>>>>(Exception aborted) -> cause = aborted;
        case Blocked<List<Optional<Decision<?>>>>(Exception blocked) -> {
          if (open.size() == 1) {
            postpone(open.getFirst(), blocked);
          } else {
            halve(open);
          }
          return;
        }
        case Unknown<List<Optional<Decision<?>>>>(Exception lost) -> {
          cause = lost;
          open.forEach(Submission::becomeUnknown);
        }
      }
      log.debug("a batch of {} is attempted again", open.size(), cause);
      pause(n);
    }
    if (open.size() > 1 && !closed) {
      halve(open);
    } else {
      Exception last = cause == null ? new IllegalStateException("the journal is closed") : cause;
      open.forEach(submission -> submission.notDecided(last));
    }
  }

  private void halve(List<Submission<?>> batch) {
    metrics.halved();
    commit(batch.subList(0, batch.size() / 2));
    commit(batch.subList(batch.size() / 2, batch.size()));
  }

  /// Somebody else has what the command needs; nothing of it was written.
  private void postpone(Submission<?> submission, @Nullable Exception blocked) {
    int times = submission.postpone();
    if (closed
        || submission.isOver()
        || submission.postponedFor().compareTo(properties.lockPatience()) >= 0
        || postponed.size() >= properties.postponedMax()) {
      submission.notDecided(
          blocked == null
              ? new IllegalStateException("a row that it needs is locked by somebody else")
              : blocked);
      return;
    }
    postponed.add(submission);
    metrics.postponed();
    long ceiling =
        Math.min(properties.backoffMax().toNanos(), POSTPONE_BASE.toNanos() << Math.min(times, 20));
    // It made the writer wait, so the next time is not too soon.
    long least = blocked == null ? 0 : POSTPONE_BLOCKED.toNanos();
    long pause = least + ThreadLocalRandom.current().nextLong(ceiling + 1);
    CompletableFuture.delayedExecutor(pause, TimeUnit.NANOSECONDS)
        .execute(() -> queueAgain(submission));
  }

  private void queueAgain(Submission<?> submission) {
    postponed.remove(submission);
    if (closed || !queue.offer(submission)) {
      submission.notDecided(
          new IllegalStateException(closed ? "the journal is closed" : "the queue is full"));
    }
  }

  /// A wall of the database held, or a bug of ours threw: nothing was written. Halves find whose fault it
  /// was.
  private void failOrIsolate(List<Submission<?>> batch, RuntimeException defect) {
    if (batch.size() == 1) {
      Submission<?> only = batch.getFirst();
      try (var _ = only.inLog()) {
        // Without the command: it holds what the caller wrote.
        log.error("{} failed", only.command().getClass().getSimpleName(), defect);
      }
      only.failed(defect);
    } else {
      metrics.isolated();
      halve(batch);
    }
  }

  private static List<Submission<?>> withTimeLeft(
      List<Submission<?>> batch, @Nullable Exception cause) {
    List<Submission<?>> left = new ArrayList<>(batch.size());
    for (Submission<?> submission : batch) {
      if (submission.isOver()) {
        submission.notDecided(
            cause == null ? new IllegalStateException("the time was over") : cause);
      } else {
        left.add(submission);
      }
    }
    return left;
  }

  private void pause(int attempt) {
    long ceiling =
        Math.min(
            properties.backoffMax().toNanos(),
            properties.backoffBase().toNanos() << Math.min(attempt - 1, 20));
    LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(ceiling + 1));
  }
}
