package dev.payledger.relay.outbox;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.runtime.WorkerConfig;
import org.apache.kafka.connect.storage.MemoryOffsetBackingStore;
import org.jspecify.annotations.Nullable;

/// Where the engine keeps its offsets: the relay's compacted topic. Kafka Connect's own store for
/// this leaves an admin client behind each time the embedded engine ends, and takes half a minute
/// to end while the broker is away. The engine makes it by name, hence public with no arguments.
public final class KafkaOffsets extends MemoryOffsetBackingStore {
  private Map<String, String> kafka = Map.of();
  private String topic = "";
  private @Nullable EventPublisher publisher;

  @Override
  public void configure(WorkerConfig config) {
    super.configure(config);
    Map<String, String> settings = config.originalsStrings();
    kafka = TailSettings.kafka(settings);
    topic = Objects.requireNonNull(settings.get("offset.storage.topic"));
  }

  @Override
  public void start() {
    super.start();
    try {
      OffsetsTopic.read(kafka, topic).forEach((key, value) -> data.put(bytes(key), bytes(value)));
    } catch (TimeoutException e) {
      throw new ConnectException(e);
    }
    publisher = new EventPublisher(kafka);
  }

  // The engine tells PostgreSQL how far it may forget only after this has returned.
  @Override
  protected void save() {
    List<ProducerRecord<String, String>> records = new ArrayList<>();
    data.forEach((key, value) -> records.add(new ProducerRecord<>(topic, text(key), text(value))));
    try {
      Objects.requireNonNull(publisher).publish(records);
    } catch (ExecutionException e) {
      throw new ConnectException("the offset could not be stored", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ConnectException("interrupted while storing the offset", e);
    }
  }

  /// Asked for by Kafka Connect's REST interface, which an embedded engine does not have.
  @Override
  public Set<Map<String, Object>> connectorPartitions(String connectorName) {
    return Set.of();
  }

  // The publisher first: it frees a save that waits for an absent broker.
  @Override
  public void stop() {
    EventPublisher closing = publisher;
    if (closing != null) {
      closing.close();
    }
    super.stop();
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String text(ByteBuffer bytes) {
    return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
  }
}
