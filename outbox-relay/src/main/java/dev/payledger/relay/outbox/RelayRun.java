package dev.payledger.relay.outbox;

import dev.payledger.kit.retry.FullJitter;
import dev.payledger.relay.outbox.LedgerDatabase.OutboxEnd;
import dev.payledger.relay.outbox.RelayState.Phase;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/// The relay's loop: look at what is there, decide, catch up if this is the first time, then tail
/// until something breaks; and again, for as long as the process lives.
///
/// Which crash repeats and which loses nothing, in order:
/// 1. before the slot exists: nothing was published, nothing is lost;
/// 2. slot made, catch-up not ended: no binding is stored, so the next start catches up again from
///    the first row (repeats), and the slot has kept all that was committed since;
/// 3. catch-up ended, binding stored, no offset yet: the tail starts where the slot was made, which
///    repeats rows that the catch-up has published too; if the slot has moved on meanwhile, the
///    next start catches up again;
/// 4. tailing: the offset is stored after the acknowledgement, so a crash repeats what lies between.
///
/// In each case a key's events appear for the first time in the order they were committed:
/// repetitions start earlier than they need to and never skip.
@Component
class RelayRun implements SmartLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(RelayRun.class);
  static final long UNKNOWN = -1;
  private static final int PAGE_SIZE = 1_000;
  private static final Duration SETTLE_BOUND = Duration.ofSeconds(60);
  private static final Duration STOP_BOUND = Duration.ofSeconds(10);

  private final RelayProperties properties;
  private final LedgerDatabase ledger;
  private final RelayTopics topics;
  private final RelayMetrics metrics;
  private final Clock clock;
  private final FullJitter backoff;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final AtomicLong publishedPosition = new AtomicLong(UNKNOWN);
  // Guards `tail` against the stop that arrives while the loop puts a new one there.
  private final ReentrantLock tailLock = new ReentrantLock();
  private @Nullable OutboxTail tail;
  private @Nullable Thread thread;
  private volatile RelayState state;

  RelayRun(
      RelayProperties properties,
      LedgerDatabase ledger,
      RelayTopics topics,
      RelayMetrics metrics,
      Clock clock) {
    this.properties = properties;
    this.ledger = ledger;
    this.topics = topics;
    this.metrics = metrics;
    this.clock = clock;
    this.backoff = new FullJitter(properties.retryDelayMin(), properties.retryDelayMax());
    this.state = new RelayState(Phase.WAITING, "not started", clock.instant());
  }

  RelayState state() {
    return state;
  }

  /// Position of the row that was acknowledged last, or `UNKNOWN` while this relay has
  /// published nothing.
  long publishedPosition() {
    return publishedPosition.get();
  }

  // No last attempt: the events are promised, so giving up would only move the loop into whatever
  // restarts the process. The pause grows to a cap, with full jitter, and a run that tailed resets
  // it.
  private void loop() {
    int failures = 0;
    while (isGoingOn()) {
      Outcome outcome = runOnce();
      if (outcome.worked()) {
        failures = 0;
      }
      if (outcome.pause() != null) {
        pause(outcome.pause());
      } else {
        pause(backoff.pause(failures++));
      }
    }
    turn(Phase.STOPPED, "stopped");
  }

  /// One pass: returns when the tail ended, another relay is at work, or a start is not possible.
  Outcome runOnce() {
    boolean tailed = false;
    try (EventPublisher publisher = open()) {
      StartDecision decision = decide();
      switch (decision) {
        case StartDecision.Refuse(String reason) -> {
          turn(Phase.REFUSED, reason + wayOut());
          return new Outcome(false, properties.retryDelayMax());
        }
        case StartDecision.StandBy(int pid) -> {
          publishedPosition.set(UNKNOWN);
          turn(Phase.STANDING_BY, "slot " + properties.slot() + " is held by backend " + pid);
          return new Outcome(true, properties.standbyInterval());
        }
        case StartDecision.CatchUp(boolean createsSlot) -> catchUp(publisher, createsSlot);
        // Good until the first event, which says better: one that is repeated lies before it.
        case StartDecision.Tail _ ->
            publishedPosition.compareAndSet(UNKNOWN, ledger.lastPosition());
      }
      tail(publisher);
      tailed = state.phase() == Phase.TAILING;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (OutboxTail.TailFailedException e) {
      tailed = state.phase() == Phase.TAILING;
      failed(e);
    } catch (ExecutionException
        | TimeoutException
        | SQLException
        | DataAccessException
        | org.apache.kafka.common.KafkaException e) {
      failed(e);
    }
    return new Outcome(tailed, null);
  }

  private String wayOut() {
    return ". Nothing is published until an operator decides. To publish the whole outbox again"
        + " (consumers drop what they had): stop the relay, drop replication slot "
        + properties.slot()
        + " if it exists, delete topic "
        + properties.offsetsTopic()
        + ", start the relay.";
  }

  private EventPublisher open() throws ExecutionException, InterruptedException, TimeoutException {
    topics.createMissing();
    return new EventPublisher(properties.kafka());
  }

  private StartDecision decide() throws SQLException, TimeoutException {
    if (!ledger.hasPublication()) {
      throw new SQLException(
          "publication "
              + properties.publication()
              + " is missing: the ledger has not migrated yet");
    }
    RelayTopics.Stored stored = topics.stored();
    return StartDecision.decide(properties.slot(), ledger.identity(), stored, ledger.slot());
  }

  // Slot first, then rows: what commits before the slot is read here, what commits after is in the
  // slot, and what does both is published twice. The end is waited for until no transaction can
  // still put a row below it, so that pages read one after the other see one outbox.
  private void catchUp(EventPublisher publisher, boolean createsSlot)
      throws ExecutionException, InterruptedException, SQLException, TimeoutException {
    turn(Phase.CATCHING_UP, "publishing the outbox from its first row");
    LedgerIdentity identity = ledger.identity();
    if (createsSlot) {
      ledger.createSlot();
    }
    ReplicationSlot slot = ledger.slot();
    if (slot == null) {
      throw new SQLException("replication slot " + properties.slot() + " vanished");
    }
    OutboxEnd end = ledger.end();
    awaitSettled(end);
    long position = 0;
    List<OutboxEvent> page = ledger.page(position, end, PAGE_SIZE);
    while (!page.isEmpty() && isGoingOn()) {
      publisher.publish(page.stream().map(OutboxEvent::toRecord).toList());
      acknowledged(page);
      position = page.getLast().position();
      page = ledger.page(position, end, PAGE_SIZE);
    }
    if (page.isEmpty()) {
      publishedPosition.set(end.position());
      publisher.publish(List.of(topics.binding(identity, slot.confirmedPosition())));
      LOG.info("Caught up to outbox position {} of PostgreSQL {}", end.position(), identity);
    }
  }

  private void awaitSettled(OutboxEnd end) throws TimeoutException {
    long deadline = System.nanoTime() + SETTLE_BOUND.toNanos();
    while (!ledger.isSettled(end)) {
      if (System.nanoTime() > deadline) {
        throw new TimeoutException(
            "a transaction in the ledger's cluster stayed open for " + SETTLE_BOUND);
      }
      pause(Duration.ofMillis(20));
    }
  }

  private void tail(EventPublisher publisher) throws OutboxTail.TailFailedException {
    OutboxTail next =
        new OutboxTail(
            properties,
            publisher,
            () -> turn(Phase.TAILING, "tailing slot " + properties.slot()),
            this::acknowledged);
    tailLock.lock();
    try {
      if (!isGoingOn()) {
        return;
      }
      tail = next;
    } finally {
      tailLock.unlock();
    }
    try {
      next.run();
    } finally {
      tailLock.lock();
      try {
        tail = null;
      } finally {
        tailLock.unlock();
      }
    }
  }

  private void acknowledged(List<OutboxEvent> events) {
    if (!events.isEmpty()) {
      publishedPosition.set(events.getLast().position());
      events.forEach(metrics::published);
    }
  }

  private void failed(Exception cause) {
    if (isGoingOn()) {
      String message = String.valueOf(cause.getMessage());
      if (message.equals(state.detail())) {
        LOG.info("The relay will try again, for the same reason");
      } else {
        LOG.warn("The relay will try again", cause);
      }
      turn(Phase.WAITING, message);
    }
  }

  private void turn(Phase phase, String detail) {
    RelayState before = state;
    if (before.phase() != phase || !before.detail().equals(detail)) {
      state = new RelayState(phase, detail, clock.instant());
      LOG.atLevel(phase == Phase.REFUSED ? org.slf4j.event.Level.ERROR : org.slf4j.event.Level.INFO)
          .log("{}: {}", phase, detail);
    }
  }

  private boolean isGoingOn() {
    return stopping.getCount() > 0 && !Thread.currentThread().isInterrupted();
  }

  private void pause(Duration duration) {
    try {
      if (stopping.await(duration.toNanos(), TimeUnit.NANOSECONDS)) {
        LOG.debug("Stopping instead of waiting {}", duration);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void start() {
    thread = Thread.ofPlatform().name("relay").start(this::loop);
  }

  @Override
  public void stop() {
    stopping.countDown();
    OutboxTail running;
    tailLock.lock();
    try {
      running = tail;
    } finally {
      tailLock.unlock();
    }
    if (running != null) {
      running.close();
    }
    Thread loop = thread;
    if (loop != null) {
      try {
        // A publish that waits for an absent broker ends by interruption; its rows are unmarked.
        if (!loop.join(STOP_BOUND.dividedBy(2))) {
          loop.interrupt();
          loop.join(STOP_BOUND.dividedBy(2));
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      thread = null;
    }
  }

  @Override
  public boolean isRunning() {
    return thread != null;
  }

  /// @param worked whether the pass did its work, so that pauses start small again
  /// @param pause how long to wait before the next pass; null for the growing, jittered one
  record Outcome(boolean worked, @Nullable Duration pause) {}
}
