package dev.payledger.relay.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.payledger.relay.outbox.RelayState.Phase;
import dev.payledger.stack.server.KafkaServer;
import dev.payledger.stack.server.PostgresServer;
import dev.payledger.testkit.Ports;
import dev.payledger.testkit.ProcessLogs;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Servers die under the relay and come back; every row arrives, in order.
class BrokenDependencyIT {
  private static final Duration BOUND = Duration.ofSeconds(60);

  @Test
  void rowsWrittenWhileKafkaIsDownDrainInOrder(@TempDir Path directory) throws Exception {
    ProcessLogs.watch(directory);
    int kafkaPort = Ports.free();
    try (PostgresServer postgres = PostgresServer.start(directory.resolve("pg"), Ports.free());
        OutboxFixture outbox =
            new OutboxFixture(postgres.address(), "127.0.0.1:" + kafkaPort).migrate()) {
      // The relay is there first and waits for the broker.
      RelayRun relay = outbox.startRelay();
      UUID aggregate = outbox.aggregate();
      KafkaServer kafka = startKafka(directory, kafkaPort);
      try {
        OutboxFixture.awaitPhase(relay, Phase.TAILING);
        appendMany(outbox, aggregate, 50);
        outbox.awaitEverything(BOUND);

        kafka.kill();
        appendMany(outbox, aggregate, 500);
        LagRun lag = outbox.bean(0, LagRun.class);
        lag.runOnce();
        assertThat(outbox.bean(0, RelayMetrics.class).backlog().rows()).isPositive();
        kafka = startKafka(directory, kafkaPort);

        assertThat(OutboxFixture.firstOccurrences(outbox.awaitEverything(BOUND)))
            .isEqualTo(outbox.committed());

        kafka.kill();
        appendMany(outbox, aggregate, 1);
        long began = System.nanoTime();
        relay.stop();
        assertThat(Duration.ofNanos(System.nanoTime() - began))
            .as("a relay stops though the broker it publishes to is away")
            .isLessThan(Duration.ofSeconds(30));
      } finally {
        kafka.close();
      }
    }
  }

  @Test
  void rowsCommittedBeforePostgresWasKilledArriveAfterItIsBack(@TempDir Path directory)
      throws Exception {
    ProcessLogs.watch(directory);
    int kafkaPort = Ports.free();
    int postgresPort = Ports.free();
    PostgresServer postgres = PostgresServer.start(directory.resolve("pg"), postgresPort);
    KafkaServer kafka = startKafka(directory, kafkaPort);
    try (OutboxFixture outbox =
        new OutboxFixture(postgres.address(), "127.0.0.1:" + kafkaPort).migrate()) {
      RelayRun relay = outbox.startRelay();
      OutboxFixture.awaitPhase(relay, Phase.TAILING);
      UUID aggregate = outbox.aggregate();
      appendMany(outbox, aggregate, 200);
      postgres.kill();
      await().atMost(BOUND).until(() -> relay.state().phase() == Phase.WAITING);

      postgres = PostgresServer.start(directory.resolve("pg"), postgresPort);
      appendMany(outbox, aggregate, 10);

      OutboxFixture.awaitPhase(relay, Phase.TAILING);
      assertThat(OutboxFixture.firstOccurrences(outbox.awaitEverything(BOUND)))
          .isEqualTo(outbox.committed());
    } finally {
      kafka.close();
      postgres.close();
    }
  }

  private static KafkaServer startKafka(Path directory, int port) throws Exception {
    KafkaServer kafka =
        KafkaServer.start(directory.resolve("kafka"), port, directory.resolve("kafka.log"));
    kafka.awaitReady(BOUND);
    return kafka;
  }

  private static void appendMany(OutboxFixture outbox, UUID aggregate, int count) throws Exception {
    try (Connection connection = outbox.owner()) {
      for (int i = 0; i < count; i++) {
        outbox.append(connection, aggregate, null);
      }
    }
  }
}
