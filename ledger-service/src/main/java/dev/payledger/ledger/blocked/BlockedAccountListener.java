package dev.payledger.ledger.blocked;

import dev.payledger.contracts.BlockedAccountEvent;
import dev.payledger.contracts.Topics;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.annotation.PartitionOffset;
import org.springframework.kafka.annotation.TopicPartition;
import org.springframework.kafka.config.ContainerCustomizer;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.stereotype.Component;
import org.springframework.util.backoff.ExponentialBackOff;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// Takes the list of blocked accounts in. The topic is compacted and small, so each start reads it from
/// its beginning: there is no offset that could be ahead of a database that was restored or made
/// anew, and no inbox, since an older change than the known one changes nothing. Without Kafka the
/// copy is as old as it is, and money moves.
@Component
class BlockedAccountListener {
  private static final Logger log = LoggerFactory.getLogger(BlockedAccountListener.class);
  private static final int DETAIL_CHARACTERS_MAX = 500;

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .enable(
              DeserializationFeature.FAIL_ON_TRAILING_TOKENS,
              DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
              DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private final BlockedAccounts blocked;
  private final JdbcClient sql;
  private final MeterRegistry meters;
  private final Clock clock;

  BlockedAccountListener(
      BlockedAccounts blocked, JdbcClient sql, MeterRegistry meters, Clock clock) {
    this.blocked = blocked;
    this.sql = sql;
    this.meters = meters;
    this.clock = clock;
  }

  @KafkaListener(
      topicPartitions =
          @TopicPartition(
              topic = Topics.BLOCKED_ACCOUNT,
              partitionOffsets = @PartitionOffset(partition = "0", initialOffset = "0")))
  void take(ConsumerRecord<byte[], byte[]> record) {
    BlockedAccountEvent event;
    try {
      event = read(record.key(), record.value());
    } catch (JacksonException e) {
      keepUnreadable(record, e.getOriginalMessage());
      return;
    } catch (IllegalArgumentException e) {
      keepUnreadable(record, String.valueOf(e.getMessage()));
      return;
    }
    blocked.apply(event);
  }

  /// By the contract, or not at all.
  static BlockedAccountEvent read(byte @Nullable [] key, byte @Nullable [] value) {
    if (key == null || value == null) {
      throw new IllegalArgumentException("no key or no value");
    }
    BlockedAccountEvent event = JSON.readValue(value, BlockedAccountEvent.class);
    if (!new String(key, StandardCharsets.UTF_8).equalsIgnoreCase(event.accountId().toString())) {
      throw new IllegalArgumentException("key: not the account's id");
    }
    boolean isEnd = event.accountId().equals(BlockedAccountEvent.END_OF_LIST);
    if (event.sequence() < (isEnd ? 0 : 1) || (isEnd && event.isBlocked())) {
      throw new IllegalArgumentException("sequence or isBlocked: out of range");
    }
    if (event.occurredAt().isBefore(Instant.EPOCH)
        || event.occurredAt().isAfter(Instant.parse("9999-12-31T23:59:59Z"))) {
      throw new IllegalArgumentException("occurredAt: not 1970 to 9999");
    }
    return event;
  }

  /// Once, however often it is delivered. The record's time is part of its identity, because a topic
  /// that was created anew counts its offsets from 0 again.
  private void keepUnreadable(ConsumerRecord<byte[], byte[]> record, String why) {
    String line = why.replaceAll("\\p{Cntrl}", " ");
    String detail = line.substring(0, Math.min(line.length(), DETAIL_CHARACTERS_MAX));
    int kept =
        sql.sql(
                """
                INSERT INTO unreadable_event (topic, partition, record_offset, recorded_at,
                  record_key, record_value, detail, kept_at)
                VALUES (:topic, :partition, :offset, :recordedAt, :key, :value, :detail, :now)
                ON CONFLICT DO NOTHING
                """)
            .param("topic", record.topic())
            .param("partition", record.partition())
            .param("offset", record.offset())
            .param("recordedAt", Instant.ofEpochMilli(record.timestamp()).atOffset(ZoneOffset.UTC))
            .param("key", record.key())
            .param("value", record.value())
            .param("detail", detail)
            .param("now", clock.instant().atOffset(ZoneOffset.UTC))
            .update();
    if (kept == 1) {
      log.error("unreadable event {}@{}: {}", record.topic(), record.offset(), detail);
      meters.counter("ledger.event.unreadable", "topic", record.topic()).increment();
    }
  }

  /// What throws is the database that does not answer: it is waited for, in order and without end.
  @Configuration(proxyBeanMethods = false)
  static class Retries {
    private static final Duration FIRST = Duration.ofMillis(100);
    private static final Duration MOST = Duration.ofSeconds(5);

    @Bean
    DefaultErrorHandler intakeErrors() {
      ExponentialBackOff waits = new ExponentialBackOff(FIRST.toMillis(), 2);
      waits.setMaxInterval(MOST.toMillis());
      waits.setJitter(FIRST.toMillis());
      DefaultErrorHandler errors = new DefaultErrorHandler(waits);
      // Whatever Spring thinks of an exception's type.
      errors.setClassifications(Map.of(), true);
      return errors;
    }

    /// Without it a refused login at the broker ends the listener until somebody restarts it.
    @Bean
    ContainerCustomizer<byte[], byte[], ConcurrentMessageListenerContainer<byte[], byte[]>>
        keepsListening() {
      return container -> container.getContainerProperties().setAuthExceptionRetryInterval(MOST);
    }
  }
}
