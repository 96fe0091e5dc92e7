package dev.payledger.relay.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.payledger.relay.RelayApplication;
import dev.payledger.testkit.Kafka;
import dev.payledger.testkit.Ports;
import dev.payledger.testkit.Postgres;
import dev.payledger.testkit.ProcessLogs;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The relay as a process of its own, killed with SIGKILL again and again while rows are committed.
///
/// How many rows there are does not depend on how fast the machine starts a process: each start adds
/// so many before the relay is ready and so many after it. (Writers that went on for as long as three
/// starts took made a slow machine's last relay, and this test, read several times as much in the same
/// minute.)
class KilledRelayIT {
  private static final int KILLS = 3;
  private static final int WRITERS = 3;
  private static final int ROWS_EACH = 1_000;

  @Test
  void noEventIsLostAndEachKeyKeepsItsOrder(@TempDir Path directory) throws Exception {
    int port = Ports.free();
    try (OutboxFixture outbox =
            new OutboxFixture(Postgres.address(), Kafka.bootstrapServers()).migrate();
        ScheduledExecutorService writers = Executors.newScheduledThreadPool(WRITERS)) {
      List<Future<?>> running = new ArrayList<>();
      Semaphore rows = new Semaphore(0);
      ProcessLogs.watch(directory);
      for (int i = 0; i < WRITERS; i++) {
        UUID aggregate = outbox.aggregate();
        Connection connection = outbox.owner();
        running.add(
            writers.scheduleAtFixedRate(
                () -> {
                  if (rows.tryAcquire()) {
                    append(outbox, connection, aggregate);
                  }
                },
                0,
                4,
                TimeUnit.MILLISECONDS));
      }
      try {
        for (int kill = 0; kill < KILLS; kill++) {
          rows.release(WRITERS * ROWS_EACH);
          Process relay = start(outbox, port, directory);
          try {
            awaitReady(port);
            int before = outbox.everythingNow().size();
            rows.release(WRITERS * ROWS_EACH);
            await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> outbox.everythingNow().size() > before);
          } finally {
            assertThat(relay.destroyForcibly().waitFor(10, TimeUnit.SECONDS)).isTrue();
          }
          awaitFreeSlot(outbox);
        }
      } finally {
        running.forEach(writer -> writer.cancel(false));
      }
      writers.shutdown();
      assertThat(writers.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
      // Many enough for batches to be cut in two by a kill.
      assertThat(outbox.committed().values())
          .allSatisfy(ids -> assertThat(ids).hasSizeGreaterThan(500));

      Process last = start(outbox, port, directory);
      try {
        List<ConsumerRecord<String, String>> records =
            outbox.awaitEverything(Duration.ofSeconds(60));
        assertThat(OutboxFixture.firstOccurrences(records))
            .containsExactlyInAnyOrderEntriesOf(outbox.committed());
      } finally {
        last.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
      }
    }
  }

  /// The server notices that the connection is gone, and does not wait for a time-out of its own.
  private static void awaitFreeSlot(OutboxFixture outbox) {
    long killed = System.nanoTime();
    await()
        .atMost(Duration.ofSeconds(10))
        .pollInterval(Duration.ofMillis(5))
        .until(outbox::isSlotFree);
    System.out.printf(
        "the slot is free %d ms after the kill%n", (System.nanoTime() - killed) / 1_000_000);
  }

  private static void append(OutboxFixture outbox, Connection connection, UUID aggregate) {
    try {
      outbox.append(connection, aggregate, null);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Process start(OutboxFixture outbox, int port, Path directory) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(RelayApplication.class.getName());
    command.addAll(outbox.arguments());
    command.addAll(List.of("--server.port=" + port, "--management.server.port=" + (port + 1)));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("relay.log").toFile()))
        .start();
  }

  private static void awaitReady(int port) {
    HttpClient http = HttpClient.newHttpClient();
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + (port + 1) + "/actuator/health/readiness"))
            .timeout(Duration.ofSeconds(2))
            .build();
    await()
        .atMost(Duration.ofSeconds(60))
        .ignoreExceptionsInstanceOf(IOException.class)
        .untilAsserted(
            () ->
                assertThat(http.send(request, HttpResponse.BodyHandlers.ofString()))
                    .satisfies(
                        response -> {
                          assertThat(response.statusCode()).isEqualTo(200);
                          assertThat(response.body()).contains("\"state\":\"TAILING\"");
                        }));
    http.close();
  }
}
