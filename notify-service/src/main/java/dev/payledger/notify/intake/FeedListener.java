package dev.payledger.notify.intake;

import dev.payledger.contracts.EventHeaders;
import dev.payledger.contracts.Topics;
import dev.payledger.kit.trace.Traceparent;
import dev.payledger.notify.feed.Feeds;
import dev.payledger.notify.feed.Merge;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/// Applies each of the ledger's events to the feed once.
///
/// Kafka's offset is stored after the commit: a crash between the two repeats the event, and the
/// inbox makes the repeat a no-op. A crash before the commit repeats it as if it never came.
@Component
class FeedListener {
  private final EventReader reader;
  private final Inbox inbox;
  private final Feeds feeds;
  private final DeadLetters deadLetters;
  private final TransactionTemplate transaction;
  private final Clock clock;
  private final Counter applied;
  private final Counter duplicates;
  private final Timer lag;

  FeedListener(
      EventReader reader,
      Inbox inbox,
      Feeds feeds,
      DeadLetters deadLetters,
      TransactionTemplate transaction,
      Clock clock,
      MeterRegistry meters) {
    this.reader = reader;
    this.inbox = inbox;
    this.feeds = feeds;
    this.deadLetters = deadLetters;
    this.transaction = transaction;
    this.clock = clock;
    this.applied = meters.counter("notify.feed.applied");
    this.duplicates = meters.counter("notify.feed.duplicate");
    this.lag =
        Timer.builder("notify.feed.lag")
            .description("From the posting of an entry to its item in the feed")
            .publishPercentileHistogram()
            .register(meters);
  }

  /// One thread per partition. Both topics have the account's id as key and as many partitions, so
  /// all of an account's events come to one thread.
  @KafkaListener(
      topics = {Topics.ACCOUNT, Topics.ACCOUNT_ENTRY},
      concurrency = "" + Topics.PARTITIONS)
  void hear(ConsumerRecord<byte[], byte[]> record) {
    try (var _ = inLog(record)) {
      Heard heard = reader.read(record);
      Effect effect = Objects.requireNonNull(transaction.execute(status -> apply(heard, record)));
      count(heard, effect);
    }
  }

  private Effect apply(Heard heard, ConsumerRecord<byte[], byte[]> record) {
    if (heard instanceof Heard.Event event && !inbox.isFirst(event.eventId())) {
      return Effect.DUPLICATE;
    }
    return switch (heard) {
      case Heard.AccountOpened opened -> effect(feeds.add(opened.account()), record);
      case Heard.EntryPosted posted -> effect(feeds.add(posted.entry()), record);
      case Heard.NotForTheFeed _ -> Effect.NONE;
      case Heard.Unreadable unreadable -> {
        deadLetters.keep(record, DeadLetters.Reason.UNREADABLE, unreadable.why());
        yield Effect.DEAD_LETTER;
      }
    };
  }

  private Effect effect(Merge merge, ConsumerRecord<byte[], byte[]> record) {
    return switch (merge) {
      case ADDED -> Effect.APPLIED;
      case ALREADY_THERE -> Effect.DUPLICATE;
      case CONFLICT -> {
        deadLetters.keep(
            record, DeadLetters.Reason.CONFLICT, "other content is stored under the same key");
        yield Effect.DEAD_LETTER;
      }
    };
  }

  /// After the commit: what was rolled back never happened.
  private void count(Heard heard, Effect effect) {
    switch (effect) {
      case APPLIED -> {
        applied.increment();
        if (heard instanceof Heard.EntryPosted posted) {
          Duration since = Duration.between(posted.entry().postedAt(), clock.instant());
          // The two clocks are two machines'; what looks like the future counts as no lag.
          lag.record(since.isNegative() ? Duration.ZERO : since);
        }
      }
      case DUPLICATE -> duplicates.increment();
      case DEAD_LETTER, NONE -> {
        // A dead letter is counted where it is kept.
      }
    }
  }

  /// Puts the record's trace id into the log context until it is closed.
  static MDC.MDCCloseable inLog(ConsumerRecord<byte[], byte[]> record) {
    return Traceparent.of(traceparent(record)).inLog();
  }

  private static @Nullable String traceparent(ConsumerRecord<byte[], byte[]> record) {
    Header header = record.headers().lastHeader(EventHeaders.TRACEPARENT);
    return header == null || header.value() == null
        ? null
        : new String(header.value(), StandardCharsets.UTF_8);
  }

  private enum Effect {
    APPLIED,
    DUPLICATE,
    DEAD_LETTER,
    NONE
  }
}
