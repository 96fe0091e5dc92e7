package dev.payledger.kit.groupcommit;

import dev.payledger.kit.groupcommit.CommitOutcome.Aborted;
import dev.payledger.kit.groupcommit.CommitOutcome.Blocked;
import dev.payledger.kit.groupcommit.CommitOutcome.Committed;
import dev.payledger.kit.groupcommit.CommitOutcome.Unknown;
import dev.payledger.kit.retry.FullJitter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Many callers, one writer: the commands that have queued while a transaction was committed go into
/// the next one. There is no timer: a lone caller does not wait, and the more callers there are, the more
/// of them share the price of a commit.
///
/// No command may delay the others of its batch for long:
///
/// - A batch that was aborted is run again, bounded, with full jitter, and then in halves.
/// - One that waited too long for a lock, or ran too long, is halved: it would be as slow again.
/// - One that violates a constraint of the database is halved until the offender is alone and fails
///   alone.
/// - A command whose rows another session has locked is left out of its batch. It is postponed: it
///   queues again after a random pause that doubles, for as long as `lockPatience` and its caller's time
///   allow. At most `postponedMax` commands wait so; one more is refused as unavailable.
/// - A batch whose outcome is unknown is run again: commands must be idempotent.
///
/// @param <C> a command
/// @param <D> what is decided about it
public final class GroupCommit<C, D> implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(GroupCommit.class);
  private static final Duration STOP_BOUND = Duration.ofSeconds(10);
  private static final Duration POSTPONE_BASE = Duration.ofMillis(20);
  private static final Duration POSTPONE_BLOCKED = Duration.ofSeconds(1);

  private final String name;
  private final ToIntFunction<C> weight;
  private final Function<List<C>, CommitOutcome<List<Optional<D>>>> attempt;
  private final GroupCommitLimits limits;
  private final FullJitter postponement;
  private final GroupCommitMetrics metrics;
  private final BlockingQueue<Submission<C, D>> queue;

  /// Those in their pause.
  private final Set<Submission<C, D>> postponed = ConcurrentHashMap.newKeySet();

  private final Thread writer;
  private volatile boolean closed;

  /// Starts the writer's thread.
  ///
  /// @param name of the thread and in messages
  /// @param weight of a command in a batch, at least 1
  /// @param attempt one transaction for all of the commands: a decision for each, in their order, or
  ///     none for one whose rows another session has locked
  public GroupCommit(
      String name,
      ToIntFunction<C> weight,
      Function<List<C>, CommitOutcome<List<Optional<D>>>> attempt,
      GroupCommitLimits limits,
      GroupCommitMetrics metrics) {
    this.name = name;
    this.weight = weight;
    this.attempt = attempt;
    this.limits = limits;
    Duration cap = limits.backoff().cap();
    this.postponement = new FullJitter(cap.compareTo(POSTPONE_BASE) < 0 ? cap : POSTPONE_BASE, cap);
    this.metrics = metrics;
    this.queue = new ArrayBlockingQueue<>(limits.queueMax());
    metrics.watch(queue, postponed);
    this.writer = Thread.ofPlatform().name(name + "-writer").start(this::loop);
  }

  /// Returns when the command is decided and its transaction committed.
  ///
  /// @throws CommitUnavailableException when it was not decided in time, or immediately when the queue
  ///     is full
  /// @throws CommitDefectException when its transaction failed and no retry would mend it
  public D submit(C command, Duration remaining) {
    Submission<C, D> submission =
        new Submission<>(command, System.nanoTime() + remaining.toNanos());
    if (closed || !queue.offer(submission)) {
      metrics.refused();
      throw new CommitUnavailableException(false, closedOrFullFailure());
    }
    return submission.await();
  }

  /// Lets the batch in flight end; commands that still queue end as unavailable.
  @Override
  public void close() {
    closed = true;
    writer.interrupt();
    try {
      if (!writer.join(STOP_BOUND)) {
        log.warn("the {}'s writer did not end within {}", name, STOP_BOUND);
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
        log.debug("the {}'s writer was interrupted", name);
      } catch (RuntimeException | Error e) {
        // No known failure reaches this line. Whatever it is, the next batch needs a writer.
        log.error("the {}'s writer continues after", name, e);
      }
    }
    List<Submission<C, D>> left = new ArrayList<>();
    queue.drainTo(left);
    left.addAll(postponed);
    left.forEach(late -> late.notDecided(closedFailure()));
  }

  private void commitNext() throws InterruptedException {
    List<Submission<C, D>> drained = drain();
    List<Submission<C, D>> batch = new ArrayList<>(drained.size());
    for (Submission<C, D> submission : drained) {
      if (submission.take()) {
        batch.add(submission);
      } else {
        submission.notDecided(new IllegalStateException("the time was over in the queue"));
      }
    }
    try {
      commit(batch);
    } catch (RuntimeException | Error e) {
      batch.forEach(submission -> submission.failed(e));
      throw e;
    }
  }

  /// Waits for one. Weight is counted and not commands, because it bounds what a transaction has to
  /// write before its time-out. No other thread takes from the queue.
  private List<Submission<C, D>> drain() throws InterruptedException {
    List<Submission<C, D>> drained = new ArrayList<>();
    Submission<C, D> next = queue.take();
    int sum = weight.applyAsInt(next.command());
    drained.add(next);
    while ((next = queue.peek()) != null) {
      sum += weight.applyAsInt(next.command());
      if (sum > limits.weightMax()) {
        break;
      }
      drained.add(queue.remove());
    }
    return drained;
  }

  private void commit(List<Submission<C, D>> batch) {
    List<Submission<C, D>> open = batch;
    Exception cause = null;
    for (int n = 1; n <= limits.attemptsMax() && !closed; n++) {
      open = withRemainingTime(open, cause);
      if (open.isEmpty()) {
        return;
      }
      CommitOutcome<List<Optional<D>>> outcome;
      try {
        outcome = attempt.apply(open.stream().map(Submission::command).toList());
      } catch (RuntimeException e) {
        failOrIsolate(open, e);
        return;
      }
      metrics.attempted(outcome, open.size());
      switch (outcome) {
        case Committed<List<Optional<D>>>(List<Optional<D>> decisions) -> {
          for (int i = 0; i < open.size(); i++) {
            Submission<C, D> submission = open.get(i);
            decisions.get(i).ifPresentOrElse(submission::decided, () -> postpone(submission, null));
          }
          return;
        }
        case Aborted<List<Optional<D>>>(Exception aborted) -> cause = aborted;
        case Blocked<List<Optional<D>>>(Exception blocked) -> {
          if (open.size() == 1) {
            postpone(open.getFirst(), blocked);
          } else {
            halve(open);
          }
          return;
        }
        case Unknown<List<Optional<D>>>(Exception lost) -> {
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
      Exception last = cause == null ? closedFailure() : cause;
      open.forEach(submission -> submission.notDecided(last));
    }
  }

  private void halve(List<Submission<C, D>> batch) {
    metrics.halved();
    commit(batch.subList(0, batch.size() / 2));
    commit(batch.subList(batch.size() / 2, batch.size()));
  }

  /// Another session has locked what the command needs; nothing of it was written.
  private void postpone(Submission<C, D> submission, @Nullable Exception blocked) {
    int times = submission.postpone();
    if (closed
        || submission.isOver()
        || submission.postponedFor().compareTo(limits.lockPatience()) >= 0
        || postponed.size() >= limits.postponedMax()) {
      submission.notDecided(
          blocked == null
              ? new IllegalStateException("a row that it needs is locked by another session")
              : blocked);
      return;
    }
    postponed.add(submission);
    metrics.postponed();
    // It made the writer wait, so the next time is not too soon.
    long least = blocked == null ? 0 : POSTPONE_BLOCKED.toNanos();
    long pause = least + postponement.pauseNanos(times);
    CompletableFuture.delayedExecutor(pause, TimeUnit.NANOSECONDS)
        .execute(() -> queueAgain(submission));
  }

  private void queueAgain(Submission<C, D> submission) {
    postponed.remove(submission);
    if (closed || !queue.offer(submission)) {
      submission.notDecided(closedOrFullFailure());
    }
  }

  /// A constraint was violated, or a bug threw: nothing was written. Halves find the command at fault.
  private void failOrIsolate(List<Submission<C, D>> batch, RuntimeException defect) {
    if (batch.size() == 1) {
      Submission<C, D> only = batch.getFirst();
      try (var _ = only.inLog()) {
        // Without the command: it contains the caller's input.
        log.error("{} failed", only.command().getClass().getSimpleName(), defect);
      }
      only.failed(defect);
    } else {
      metrics.isolated();
      halve(batch);
    }
  }

  private List<Submission<C, D>> withRemainingTime(
      List<Submission<C, D>> batch, @Nullable Exception cause) {
    List<Submission<C, D>> left = new ArrayList<>(batch.size());
    for (Submission<C, D> submission : batch) {
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
    LockSupport.parkNanos(limits.backoff().pauseNanos(attempt - 1));
  }

  private IllegalStateException closedOrFullFailure() {
    return closed ? closedFailure() : new IllegalStateException("the queue is full");
  }

  private IllegalStateException closedFailure() {
    return new IllegalStateException("the " + name + " is closed");
  }
}
