package dev.payledger.fraud;

import static dev.payledger.fraud.LedgerEvents.posted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.payledger.stack.server.KafkaServer;
import dev.payledger.testkit.Ports;
import dev.payledger.testkit.ProcessLogs;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestPropertySource;

/// A start while Kafka is down: screening goes on with what is known, and what comes later is heard.
@DirtiesContext
@TestPropertySource(properties = "spring.kafka.listener.auto-startup=true")
class KafkaOutageIT extends FraudServer {
  private static final int KAFKA_PORT = Ports.free();

  @LocalManagementPort int managementPort;

  @DynamicPropertySource
  static void nobodyIsThere(DynamicPropertyRegistry registry) {
    registry.add("KAFKA_BOOTSTRAP_SERVERS", () -> "127.0.0.1:" + KAFKA_PORT);
  }

  @Test
  void screeningGoesOnWithoutKafkaAndLearnsWhenItComes(@TempDir Path directory) throws Exception {
    ProcessLogs.watch(directory);
    UUID alice = UUID.randomUUID();
    UUID bob = UUID.randomUUID();
    UUID carol = UUID.randomUUID();
    execute(
        "INSERT INTO payee VALUES ('%s', '%s', 1000, ARRAY[gen_random_uuid(), gen_random_uuid()], '%s')"
            .formatted(alice, bob, NOON.minus(Duration.ofDays(1))));

    assertThat(
            send(HttpRequest.newBuilder(
                    URI.create(
                        "http://127.0.0.1:" + managementPort + "/actuator/health/readiness")))
                .statusCode())
        .isEqualTo(200);
    assertThat(large(alice, bob)).contains("\"APPROVED\"");
    assertThat(large(alice, carol)).contains("\"DECLINED\"");

    try (KafkaServer kafka =
        KafkaServer.start(directory.resolve("data"), KAFKA_PORT, directory.resolve("log"))) {
      kafka.awaitReady(Duration.ofSeconds(60));
      HearingServer.createTopic(kafka.bootstrapServers());
      try (LedgerEvents ledger = new LedgerEvents(kafka.bootstrapServers())) {
        ledger.say(posted(alice, carol, 1_000), posted(alice, carol, 1_000));
        await()
            .atMost(HearingServer.SOON)
            .until(() -> large(alice, carol).contains("\"APPROVED\""));
      }
    }
    assertThat(large(alice, carol)).contains("\"APPROVED\"");
  }

  private String large(UUID debit, UUID credit) {
    return put(UUID.randomUUID(), body("USD", false, leg(debit, credit, 1_001))).body();
  }
}
