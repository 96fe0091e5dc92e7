package dev.payledger.notify.intake;

import dev.payledger.contracts.Topics;
import dev.payledger.kit.consumer.DeadLetterReason;
import dev.payledger.kit.consumer.DeadLetters;
import dev.payledger.kit.consumer.EventRecord;
import dev.payledger.notify.feed.Feeds;
import dev.payledger.notify.feed.Merge;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
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
  void onEvent(ConsumerRecord<byte[], byte[]> record) {
    EventRecord read = new EventRecord(record);
    try (var _ = read.inLog()) {
      IncomingEvent event = reader.read(read);
      Effect effect = Objects.requireNonNull(transaction.execute(status -> apply(event, record)));
      count(event, effect);
    }
  }

  private Effect apply(IncomingEvent event, ConsumerRecord<byte[], byte[]> record) {
    if (event instanceof IncomingEvent.Event known && !inbox.isFirst(known.eventId())) {
      return Effect.DUPLICATE;
    }
    return switch (event) {
      case IncomingEvent.AccountOpened opened -> effect(feeds.add(opened.account()), record);
      case IncomingEvent.EntryPosted posted -> effect(feeds.add(posted.entry()), record);
      case IncomingEvent.NotForTheFeed _ -> Effect.NONE;
      case IncomingEvent.Unreadable unreadable -> {
        deadLetters.keep(record, DeadLetterReason.UNREADABLE, unreadable.why());
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
            record, DeadLetterReason.CONFLICT, "other content is stored under the same key");
        yield Effect.DEAD_LETTER;
      }
    };
  }

  /// After the commit: what was rolled back never happened.
  private void count(IncomingEvent event, Effect effect) {
    switch (effect) {
      case APPLIED -> {
        applied.increment();
        if (event instanceof IncomingEvent.EntryPosted posted) {
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

  private enum Effect {
    APPLIED,
    DUPLICATE,
    DEAD_LETTER,
    NONE
  }
}
