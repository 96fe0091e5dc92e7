package dev.payledger.notify;

import dev.payledger.contracts.Topics;
import dev.payledger.testkit.Kafka;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/// The service on a real Kafka too, and with its issuer there. One for all tests of this kind.
class HearingServer extends NotifyServer {
  static LedgerEvents ledger;

  @DynamicPropertySource
  static void kafka(DynamicPropertyRegistry registry) {
    Kafka.register(registry);
    registry.add("JWKS_URL", ISSUER::jwksUrl);
  }

  /// The service creates the topics; a producer would otherwise wait for them.
  @BeforeEach
  void theLedgerSpeaks() {
    if (ledger == null) {
      try (Admin admin = admin()) {
        Awaitility.await()
            .atMost(SOON)
            .until(() -> admin.listTopics().names().get().containsAll(Topics.OF_LEDGER));
      }
      ledger = new LedgerEvents(Kafka.bootstrapServers());
    }
  }

  static Admin admin() {
    return Admin.create(
        Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, Kafka.bootstrapServers()));
  }

  /// Waits until the service has stored the end of every partition as its offset.
  static void awaitAllHeard() {
    try (Admin admin = admin()) {
      Awaitility.await()
          .atMost(SOON)
          .pollInterval(Duration.ofMillis(50))
          .until(
              () -> {
                Map<TopicPartition, OffsetSpec> latest =
                    Stream.of(Topics.ACCOUNT, Topics.ACCOUNT_ENTRY)
                        .flatMap(
                            topic ->
                                IntStream.range(0, Topics.PARTITIONS)
                                    .mapToObj(partition -> new TopicPartition(topic, partition)))
                        .collect(Collectors.toMap(it -> it, it -> OffsetSpec.latest()));
                var ends = admin.listOffsets(latest).all().get();
                var heard =
                    admin
                        .listConsumerGroupOffsets("notify-eu")
                        .partitionsToOffsetAndMetadata()
                        .get();
                return ends.entrySet().stream()
                    .allMatch(
                        end ->
                            end.getValue().offset() == 0
                                || (heard.get(end.getKey()) != null
                                    && heard.get(end.getKey()).offset()
                                        == end.getValue().offset()));
              });
    }
  }
}
