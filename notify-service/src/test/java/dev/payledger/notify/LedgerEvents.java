package dev.payledger.notify;

import dev.payledger.contracts.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// Says what the ledger says, to a broker. An account's entries have fixed content and event ids, so
/// that saying one again is a duplicate.
final class LedgerEvents implements AutoCloseable {
  private final KafkaProducer<byte[], byte[]> producer;

  LedgerEvents(String bootstrapServers) {
    producer =
        new KafkaProducer<>(
            Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers,
                ProducerConfig.ACKS_CONFIG, "all",
                ProducerConfig.LINGER_MS_CONFIG, "0"),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  /// Opens an account for the owner and tells its id.
  UUID opened(String owner) {
    UUID account = UUID.randomUUID();
    send(opened(account, owner, UUID.randomUUID()));
    return account;
  }

  static ProducerRecord<byte[], byte[]> opened(UUID account, String owner, UUID eventId) {
    return record(
        Topics.ACCOUNT,
        account,
        eventId,
        "AccountOpened",
        """
        {"accountId":"%s","owner":"%s","name":"Account of %s","currency":"EUR",\
        "occurredAt":"2026-01-02T03:04:05.678901Z"}"""
            .formatted(account, owner, owner));
  }

  void posted(UUID account, long sequence) {
    send(entry(account, sequence));
  }

  static ProducerRecord<byte[], byte[]> entry(UUID account, long sequence) {
    return entry(account, eventId(account, sequence), json(account, sequence));
  }

  static ProducerRecord<byte[], byte[]> entry(UUID account, UUID eventId, String json) {
    String type = json.contains("\"DEBIT\"") ? "AccountDebited" : "AccountCredited";
    return record(Topics.ACCOUNT_ENTRY, account, eventId, type, json);
  }

  static UUID eventId(UUID account, long sequence) {
    return UUID.nameUUIDFromBytes((account + "/" + sequence).getBytes(StandardCharsets.UTF_8));
  }

  static String json(UUID account, long sequence) {
    return json(account, sequence, Instant.parse("2026-01-02T03:04:05.000001Z"));
  }

  static String json(UUID account, long sequence, Instant postedAt) {
    return """
    {"accountId":"%s","sequence":%d,"entryId":"%s","transferId":"%s","side":"%s",\
    "amountMinor":%d,"currency":"EUR","balanceAfterMinor":%d,"postedAt":"%s"}"""
        .formatted(
            account,
            sequence,
            new UUID(0x7000, sequence),
            new UUID(0x8000, sequence),
            sequence % 2 == 0 ? "DEBIT" : "CREDIT",
            1_000 + sequence,
            5_000 + sequence,
            postedAt);
  }

  static ProducerRecord<byte[], byte[]> record(
      String topic, UUID account, UUID eventId, String type, String json) {
    // The partition is the key's, as Kafka would choose; named so that a test can put another
    // record
    // right behind.
    return new ProducerRecord<>(
        topic,
        Math.floorMod(account.hashCode(), Topics.PARTITIONS),
        bytes(account.toString()),
        bytes(json),
        List.of(
            new RecordHeader("id", bytes(eventId.toString())),
            new RecordHeader("type", bytes(type)),
            new RecordHeader("version", bytes("1")),
            new RecordHeader(
                "traceparent", bytes("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"))));
  }

  void send(ProducerRecord<byte[], byte[]> record) {
    try {
      producer.send(record).get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  void sendAll(List<ProducerRecord<byte[], byte[]>> records) {
    records.forEach(producer::send);
    producer.flush();
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    producer.close();
  }
}
