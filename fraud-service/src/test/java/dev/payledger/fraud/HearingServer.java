package dev.payledger.fraud;

import dev.payledger.contracts.Topics;
import dev.payledger.testkit.Kafka;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestPropertySource;

/// The service on a real Kafka too. One for all tests of this kind.
@TestPropertySource(properties = "spring.kafka.listener.auto-startup=true")
class HearingServer extends FraudServer {
  static final Duration SOON = Duration.ofSeconds(30);
  static LedgerEvents ledger;

  final UUID alice = UUID.randomUUID();
  final UUID bob = UUID.randomUUID();
  final UUID carol = UUID.randomUUID();

  @DynamicPropertySource
  static void kafka(DynamicPropertyRegistry registry) {
    Kafka.register(registry);
  }

  @BeforeEach
  void theLedgerSpeaks() throws Exception {
    if (ledger == null) {
      createTopic(Kafka.bootstrapServers());
      ledger = new LedgerEvents(Kafka.bootstrapServers());
    }
  }

  static void createTopic(String bootstrapServers) throws ExecutionException, InterruptedException {
    try (Admin admin = admin(bootstrapServers)) {
      admin
          .createTopics(List.of(new NewTopic(Topics.TRANSFER, Topics.PARTITIONS, (short) 1)))
          .all()
          .get();
    }
  }

  static Admin admin(String bootstrapServers) {
    return Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers));
  }

  /// Waits until the service has stored the end of every partition as its offset.
  static void awaitAllHeard() {
    Awaitility.await()
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(50))
        .until(HearingServer::isAllHeard);
  }

  static boolean isAllHeard() throws ExecutionException, InterruptedException {
    try (Admin admin = admin(Kafka.bootstrapServers())) {
      var ends =
          admin
              .listOffsets(
                  IntStream.range(0, Topics.PARTITIONS)
                      .mapToObj(partition -> new TopicPartition(Topics.TRANSFER, partition))
                      .collect(Collectors.toMap(it -> it, it -> OffsetSpec.latest())))
              .all()
              .get();
      var heard = admin.listConsumerGroupOffsets("fraud").partitionsToOffsetAndMetadata().get();
      return ends.entrySet().stream()
          .allMatch(
              end ->
                  end.getValue().offset() == 0
                      || (heard.get(end.getKey()) != null
                          && heard.get(end.getKey()).offset() == end.getValue().offset()));
    }
  }

  /// Asks about a transfer in USD, where a first payment may be at most 10.00.
  String assessed(UUID debit, UUID credit, long amountMinor) {
    return put(UUID.randomUUID(), body("USD", false, leg(debit, credit, amountMinor))).body();
  }
}
