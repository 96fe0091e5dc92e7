package dev.payledger.gateway.shedding;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;

/// The requests that one service works for: never more at once than `AdaptiveLimit` says. What finds no
/// permit is refused at once, or waits in a short queue of its priority; a permit that becomes free goes
/// to the highest priority that waits.
///
/// A queue helps in a burst. In an overload it would only make refusals late, so one that overflows is
/// closed until nobody has been rejected for a second.
final class ConcurrencyLimiter {
  private static final long CLOSED_NANOS = Duration.ofSeconds(1).toNanos();

  private static final class Queue {
    private final Deque<Waiter> waiters = new ArrayDeque<>();
    private boolean isOverflown;
    private long lastOverflowNanos;

    boolean isClosed() {
      return isOverflown && System.nanoTime() - lastOverflowNanos < CLOSED_NANOS;
    }

    void overflow() {
      isOverflown = true;
      lastOverflowNanos = System.nanoTime();
    }
  }

  private static final class Waiter {
    private final Condition changed;
    private boolean isAdmitted;

    Waiter(Condition changed) {
      this.changed = changed;
    }
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Priority, Queue> queues = new EnumMap<>(Priority.class);
  private final SheddingProperties properties;
  private final AdaptiveLimit limit;
  private int inFlight;

  ConcurrencyLimiter(SheddingProperties properties) {
    this.properties = properties;
    this.limit = new AdaptiveLimit(properties, System.nanoTime());
    for (Priority priority : Priority.values()) {
      queues.put(priority, new Queue());
    }
  }

  /// Whether there is a permit, now or within the time; who is admitted must `release`.
  boolean tryAcquire(Priority priority, Duration remaining) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      Queue queue = queueOf(priority);
      // Those of a higher priority that wait can only do so when there is no permit for this one
      // either.
      if (queue.waiters.isEmpty() && hasPermit(priority)) {
        inFlight++;
        return true;
      }
      SheddingProperties.Queue bounds = properties.queueOf(priority);
      if (queue.isClosed() || queue.waiters.size() >= bounds.lengthMax()) {
        queue.overflow();
        return false;
      }
      Waiter waiter = new Waiter(lock.newCondition());
      queue.waiters.add(waiter);
      try {
        long left = Math.min(bounds.waitMax().toNanos(), remaining.toNanos());
        while (!waiter.isAdmitted && left > 0) {
          left = waiter.changed.awaitNanos(left);
        }
        // Who had no time to wait says nothing about the queue.
        if (!waiter.isAdmitted && remaining.compareTo(bounds.waitMax()) >= 0) {
          queue.overflow();
        }
        return waiter.isAdmitted;
      } catch (InterruptedException e) {
        if (waiter.isAdmitted) {
          leave();
        }
        throw e;
      } finally {
        queue.waiters.remove(waiter);
      }
    } finally {
      lock.unlock();
    }
  }

  void release() {
    lock.lock();
    try {
      leave();
    } finally {
      lock.unlock();
    }
  }

  private void leave() {
    inFlight--;
    admitWaiting();
  }

  void answered(String route, long tookNanos) {
    learn(now -> limit.answered(route, tookNanos, inFlight, now));
  }

  void unanswered(String route, long waitedNanos) {
    learn(now -> limit.unanswered(route, waitedNanos, inFlight, now));
  }

  void refused() {
    learn(now -> limit.refused(inFlight, now));
  }

  private void learn(LongConsumer lesson) {
    lock.lock();
    try {
      lesson.accept(System.nanoTime());
      admitWaiting();
    } finally {
      lock.unlock();
    }
  }

  private void admitWaiting() {
    for (Priority priority : Priority.values()) {
      Deque<Waiter> waiters = queueOf(priority).waiters;
      while (!waiters.isEmpty() && hasPermit(priority)) {
        Waiter next = waiters.remove();
        next.isAdmitted = true;
        inFlight++;
        next.changed.signal();
      }
    }
  }

  private boolean hasPermit(Priority priority) {
    return inFlight < priority.partOf(limit.current());
  }

  private Queue queueOf(Priority priority) {
    return Objects.requireNonNull(queues.get(priority));
  }

  int limit() {
    lock.lock();
    try {
      return limit.current();
    } finally {
      lock.unlock();
    }
  }

  int inFlight() {
    lock.lock();
    try {
      return inFlight;
    } finally {
      lock.unlock();
    }
  }

  int waiting() {
    lock.lock();
    try {
      return queues.values().stream().mapToInt(queue -> queue.waiters.size()).sum();
    } finally {
      lock.unlock();
    }
  }
}
