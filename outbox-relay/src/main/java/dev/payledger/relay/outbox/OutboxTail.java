package dev.payledger.relay.outbox;

import io.debezium.embedded.Connect;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.DebeziumEngine.RecordCommitter;
import io.debezium.engine.RecordChangeEvent;
import io.debezium.engine.format.ChangeEventFormat;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.kafka.connect.source.SourceRecord;

/// Follows the outbox through PostgreSQL's WAL with Debezium's embedded engine, once: `run` blocks
/// until the tail is closed or something breaks.
class OutboxTail {
  private final DebeziumEngine<RecordChangeEvent<SourceRecord>> engine;
  private final EventPublisher publisher;
  private final Consumer<List<OutboxEvent>> published;
  private final AtomicReference<Throwable> failure = new AtomicReference<>();

  /// @param started called when the engine polls
  /// @param published called with each batch the broker has acknowledged
  OutboxTail(
      RelayProperties properties,
      EventPublisher publisher,
      Runnable started,
      Consumer<List<OutboxEvent>> published) {
    this.publisher = publisher;
    this.published = published;
    this.engine =
        DebeziumEngine.create(ChangeEventFormat.of(Connect.class))
            .using(TailSettings.of(properties))
            .using(
                new DebeziumEngine.ConnectorCallback() {
                  @Override
                  public void pollingStarted() {
                    started.run();
                  }
                })
            .using(
                (success, message, error) -> {
                  if (!success) {
                    failure.compareAndSet(
                        null, error == null ? new IllegalStateException(message) : error);
                  }
                })
            .notifying(this::handle)
            .build();
  }

  void run() throws TailFailedException {
    engine.run();
    Throwable cause = failure.get();
    if (cause != null) {
      throw new TailFailedException(cause);
    }
  }

  /// Ends `run`. May be called from another thread, and more than once.
  void close() {
    try {
      engine.close();
    } catch (IOException | IllegalStateException e) {
      // The engine refuses to be closed twice or before it runs; either way it is not running.
      failure.compareAndSet(null, e);
    }
  }

  // Marked only after the broker's acknowledgement. A crash before the mark repeats the batch; a
  // crash between mark and stored offset repeats what the offset interval holds; none loses a row.
  private void handle(
      List<RecordChangeEvent<SourceRecord>> batch,
      RecordCommitter<RecordChangeEvent<SourceRecord>> committer)
      throws InterruptedException {
    List<OutboxEvent> events =
        batch.stream()
            .map(RecordChangeEvent::record)
            .filter(OutboxTail::isRouted)
            .map(OutboxEvent::of)
            .toList();
    try {
      publisher.publish(events.stream().map(OutboxEvent::toRecord).toList());
    } catch (ExecutionException e) {
      throw new IllegalStateException("Kafka refused an event", e.getCause());
    }
    for (RecordChangeEvent<SourceRecord> record : batch) {
      committer.markProcessed(record);
    }
    committer.markBatchFinished();
    published.accept(events);
  }

  /// Heartbeats come along on a topic of their own; they only move the offset.
  private static boolean isRouted(SourceRecord record) {
    return record.headers().lastWithName(TailSettings.POSITION_HEADER) != null;
  }

  /// The tail ended though nobody closed it.
  static final class TailFailedException extends Exception {
    private static final long serialVersionUID = 1L;

    TailFailedException(Throwable cause) {
      super("the outbox tail ended: " + cause.getMessage(), cause);
    }
  }
}
