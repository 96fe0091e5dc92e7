package dev.payledger.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.payledger.contracts.Topics;
import dev.payledger.stack.server.KafkaServer;
import dev.payledger.testkit.Ports;
import dev.payledger.testkit.ProcessLogs;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/// A start while Kafka and the issuer are down: what is known is served as soon as a token can be
/// checked, and what comes later is heard.
@DirtiesContext
class KafkaOutageIT extends NotifyServer {
  private static final int KAFKA_PORT = Ports.free();
  private static final int ISSUER_PORT = Ports.free();

  @LocalManagementPort int managementPort;

  @DynamicPropertySource
  static void nobodyIsThere(DynamicPropertyRegistry registry) {
    registry.add("KAFKA_BOOTSTRAP_SERVERS", () -> "127.0.0.1:" + KAFKA_PORT);
    registry.add("JWKS_URL", () -> "http://127.0.0.1:" + ISSUER_PORT + "/oauth2/jwks");
  }

  @Test
  void feedIsServedWithoutTheOthersAndGoesOnWithThem(@TempDir Path directory) throws Exception {
    ProcessLogs.watch(directory);
    UUID account = UUID.randomUUID();
    execute("INSERT INTO account VALUES ('%s', 'alice', 'kept', 'EUR', now())".formatted(account));
    execute(
        """
        INSERT INTO feed_item VALUES ('%s', 1, gen_random_uuid(), gen_random_uuid(), 'CREDIT',
                                      5, 'EUR', 5, now())
        """
            .formatted(account));

    HttpResponse<String> unchecked = feed(account, ISSUER.token("alice"));
    assertThat(unchecked.statusCode()).isEqualTo(503);
    assertThat(unchecked.headers().firstValue("Retry-After")).isPresent();
    assertThat(unchecked.body())
        .contains("\"code\":\"unavailable\"")
        .contains("\"retryable\":true");
    assertThat(feed(account, null).statusCode()).isEqualTo(401);

    ISSUER.serveKeys(ISSUER_PORT);

    await().atMost(SOON).until(() -> sequences(account, "alice").equals(List.of(1L)));
    assertThat(
            send(HttpRequest.newBuilder(
                    URI.create(
                        "http://127.0.0.1:" + managementPort + "/actuator/health/readiness")))
                .statusCode())
        .isEqualTo(200);

    try (KafkaServer kafka =
        KafkaServer.start(directory.resolve("data"), KAFKA_PORT, directory.resolve("log"))) {
      kafka.awaitReady(Duration.ofSeconds(60));
      try (Admin admin =
          Admin.create(
              Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers()))) {
        await()
            .atMost(SOON)
            .until(() -> admin.listTopics().names().get().containsAll(Topics.OF_LEDGER));
        assertThat(admin.describeTopics(Topics.OF_LEDGER).allTopicNames().get().values())
            .allMatch(topic -> topic.partitions().size() == Topics.PARTITIONS);
      }
      try (LedgerEvents ledger = new LedgerEvents(kafka.bootstrapServers())) {
        ledger.posted(account, 2);
        await().atMost(SOON).until(() -> sequences(account, "alice").equals(List.of(1L, 2L)));
      }
    }
    assertThat(sequences(account, "alice")).containsExactly(1L, 2L);
  }
}
