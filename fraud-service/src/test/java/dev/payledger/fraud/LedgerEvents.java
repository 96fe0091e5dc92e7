package dev.payledger.fraud;

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

/// Says of transfers what the ledger says, to a broker.
public final class LedgerEvents implements AutoCloseable {
  private static final String OCCURRED_AT = "2026-01-02T03:04:05.678901Z";

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

  /// A transfer of one leg in USD that was posted whole.
  static Told posted(UUID debit, UUID credit, long amountMinor) {
    return new Told(
        UUID.randomUUID(),
        "POSTED",
        "APPROVED",
        amountMinor,
        amountMinor,
        null,
        List.of(),
        new Told.Pair(debit, credit, amountMinor));
  }

  /// What is told of a transfer.
  ///
  /// @param legs all of them, when there are several
  public record Told(
      UUID transferId,
      String status,
      String screening,
      long amountMinor,
      long capturedMinor,
      UUID reverses,
      List<Pair> legs,
      Pair first) {
    /// One leg.
    public record Pair(UUID debit, UUID credit, long amountMinor) {
      private String json() {
        return """
        {"debitAccountId":"%s","creditAccountId":"%s","amountMinor":%d}"""
            .formatted(debit, credit, amountMinor);
      }
    }

    Told as(String otherStatus, long otherCapturedMinor) {
      return new Told(
          transferId,
          otherStatus,
          screening,
          amountMinor,
          otherCapturedMinor,
          reverses,
          legs,
          first);
    }

    Told screened(String how) {
      return new Told(transferId, status, how, amountMinor, capturedMinor, reverses, legs, first);
    }

    Told reversing(UUID other) {
      return new Told(
          transferId, status, screening, amountMinor, capturedMinor, other, legs, first);
    }

    Told with(Pair... several) {
      long sumMinor = List.of(several).stream().mapToLong(Pair::amountMinor).sum();
      return new Told(
          transferId,
          status,
          screening,
          sumMinor,
          sumMinor,
          reverses,
          List.of(several),
          several[0]);
    }

    String json() {
      return """
      {"transferId":"%s","sequence":2,"status":"%s","debitAccountId":"%s",\
      "creditAccountId":"%s","amountMinor":%d,"capturedMinor":%d,"currency":"USD","legs":%s,\
      "screening":"%s","rejection":null,"reverses":%s,"occurredAt":"%s",\
      "newer":"field"}"""
          .formatted(
              transferId,
              status,
              first.debit(),
              first.credit(),
              amountMinor,
              capturedMinor,
              legs.isEmpty() ? "null" : legs.stream().map(Pair::json).toList(),
              screening,
              reverses == null ? "null" : '"' + reverses.toString() + '"',
              OCCURRED_AT);
    }

    ProducerRecord<byte[], byte[]> record() {
      return LedgerEvents.record(transferId, json());
    }
  }

  public static ProducerRecord<byte[], byte[]> record(UUID key, String json) {
    return new ProducerRecord<>(
        Topics.TRANSFER,
        Math.floorMod(key.hashCode(), Topics.PARTITIONS),
        bytes(key.toString()),
        bytes(json),
        List.of(
            new RecordHeader("id", bytes(UUID.randomUUID().toString())),
            new RecordHeader("type", bytes("TransferPosted")),
            new RecordHeader("version", bytes("1"))));
  }

  /// The same transfers, moved at that time.
  void sayAt(Instant occurredAt, Told... told) {
    for (Told each : told) {
      send(record(each.transferId(), each.json().replace(OCCURRED_AT, occurredAt.toString())));
    }
  }

  void say(Told... told) {
    for (Told each : told) {
      send(each.record());
    }
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

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    producer.close();
  }
}
