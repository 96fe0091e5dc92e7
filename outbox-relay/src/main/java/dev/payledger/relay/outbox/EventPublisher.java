package dev.payledger.relay.outbox;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringSerializer;

/// Publishes records so that a batch either is acknowledged by the broker, all of it, or failed.
/// One publisher serves one run of the relay and is thrown away with it.
class EventPublisher implements AutoCloseable {
  private final KafkaProducer<String, String> producer;

  /// @param kafka how the broker is reached, by Kafka's names
  EventPublisher(Map<String, String> kafka) {
    Map<String, Object> settings = new HashMap<>(kafka);
    settings.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, StringSerializer.class);
    settings.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, StringSerializer.class);
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    // A record that expires in the producer's buffer lets those behind it overtake it.
    // So nothing expires: while the broker is away this waits, and the WAL keeps.
    settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.MAX_VALUE);
    settings.put(ProducerConfig.RETRY_BACKOFF_MAX_MS_CONFIG, 1_000);
    settings.put(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000);
    settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 15_000);
    this.producer = new KafkaProducer<>(settings);
  }

  /// Sends in the given order and returns when the broker has acknowledged every record.
  void publish(List<ProducerRecord<String, String>> records)
      throws ExecutionException, InterruptedException {
    List<Future<RecordMetadata>> sent = new ArrayList<>(records.size());
    for (ProducerRecord<String, String> record : records) {
      Future<RecordMetadata> future = producer.send(record);
      // A record the producer refused itself is done already; sending on would overtake it.
      if (future.isDone()) {
        future.get();
      }
      sent.add(future);
    }
    for (Future<RecordMetadata> future : sent) {
      future.get();
    }
  }

  /// Gives up what is not acknowledged: it is unmarked, so the next run publishes it again.
  @Override
  public void close() {
    producer.close(Duration.ZERO);
  }
}
