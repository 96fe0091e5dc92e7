package dev.payledger.relay.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.payledger.contracts.EventHeaders;
import dev.payledger.contracts.Topics;
import dev.payledger.relay.outbox.RelayState.Phase;
import dev.payledger.stack.server.PostgresServer;
import dev.payledger.testkit.Kafka;
import dev.payledger.testkit.Ports;
import dev.payledger.testkit.Postgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.replication.PGReplicationStream;

/// Rows of a real outbox arrive in a real broker, whatever the relay finds when it starts.
class RelayIT {
  private static final Duration BOUND = Duration.ofSeconds(30);

  private OutboxFixture outbox;

  @BeforeEach
  void openOutbox() throws Exception {
    outbox = new OutboxFixture(Postgres.address(), Kafka.bootstrapServers());
  }

  @AfterEach
  void closeOutbox() throws SQLException {
    outbox.close();
  }

  @Test
  void eventKeepsTextHeadersAndKeyOnBothWaysOut() throws Exception {
    outbox.migrate();
    UUID caughtUp = outbox.aggregate();
    outbox.append(caughtUp);
    OutboxFixture.awaitPhase(outbox.startRelay(), Phase.TAILING);
    UUID tailed = outbox.aggregate();
    outbox.append(tailed);

    List<ConsumerRecord<String, String>> records = outbox.awaitEverything(BOUND);

    // The first is repeated by the tail or not; both ways out make the same record.
    assertThat(records)
        .extracting(ConsumerRecord::key)
        .contains(caughtUp.toString(), tailed.toString());
    assertThat(records)
        .allSatisfy(
            record -> {
              assertThat(record.topic()).isEqualTo(Topics.TRANSFER);
              assertThat(record.value())
                  .isEqualTo("{\"sequence\": 1, \"reference\": \"Bäckerei \\\"Süß\\\"\"}");
              assertThat(record.headers())
                  .extracting(header -> header.key())
                  .containsExactlyInAnyOrder(
                      EventHeaders.ID,
                      EventHeaders.TYPE,
                      EventHeaders.VERSION,
                      EventHeaders.TRACEPARENT);
              assertThat(OutboxFixture.header(record, EventHeaders.TYPE))
                  .isEqualTo("TransferPosted");
              assertThat(OutboxFixture.header(record, EventHeaders.VERSION)).isEqualTo("1");
              assertThat(OutboxFixture.header(record, EventHeaders.TRACEPARENT))
                  .isEqualTo("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
            });
    assertThat(OutboxFixture.firstOccurrences(records)).isEqualTo(outbox.committed());
  }

  @Test
  void eventWithoutTraceHasNoTraceHeader() throws Exception {
    outbox.migrate();
    OutboxFixture.awaitPhase(outbox.startRelay(), Phase.TAILING);
    try (Connection connection = outbox.owner()) {
      outbox.append(connection, outbox.aggregate(), null);
    }

    assertThat(outbox.awaitEverything(BOUND))
        .allSatisfy(
            record -> assertThat(record.headers().lastHeader(EventHeaders.TRACEPARENT)).isNull());
  }

  @Test
  void relayWaitsForTheLedgersMigration() throws Exception {
    RelayRun relay = outbox.startRelay();
    await()
        .atMost(BOUND)
        .until(() -> relay.state().detail().contains("the ledger has not migrated yet"));
    assertThat(relay.state().phase()).isEqualTo(Phase.WAITING);

    outbox.migrate();
    outbox.append(outbox.aggregate());

    outbox.awaitEverything(BOUND);
  }

  @Test
  void rowsCommittedWhileARelayStartsForTheFirstTimeAllArriveInOrder() throws Exception {
    outbox.migrate();
    List<UUID> aggregates = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      aggregates.add(outbox.aggregate());
    }
    AtomicBoolean writing = new AtomicBoolean(true);
    try (ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> running = new ArrayList<>();
      for (UUID aggregate : aggregates) {
        running.add(
            writers.submit(
                () -> {
                  try (Connection connection = outbox.owner()) {
                    connection.setAutoCommit(false);
                    while (writing.get()) {
                      outbox.append(connection, aggregate, null);
                      outbox.append(connection, aggregate, null);
                      connection.commit();
                    }
                  }
                  return null;
                }));
      }
      RelayRun relay = outbox.startRelay();
      try {
        OutboxFixture.awaitPhase(relay, Phase.TAILING);
      } finally {
        writing.set(false);
      }
      for (Future<?> writer : running) {
        writer.get();
      }
    }

    assertThat(OutboxFixture.firstOccurrences(outbox.awaitEverything(BOUND)))
        .containsExactlyInAnyOrderEntriesOf(outbox.committed());
  }

  @Test
  void firstStartThatEndedBeforeItsCatchUpDidIsDoneAgain() throws Exception {
    outbox.migrate();
    UUID aggregate = outbox.aggregate();
    outbox.append(aggregate);
    // What such a start leaves behind: the slot, and no binding.
    outbox.asSuperuser(
        "SELECT pg_create_logical_replication_slot(current_database()::text, 'pgoutput')");
    outbox.append(aggregate);

    OutboxFixture.awaitPhase(outbox.startRelay(), Phase.TAILING);

    assertThat(OutboxFixture.firstOccurrences(outbox.awaitEverything(BOUND)))
        .isEqualTo(outbox.committed());
  }

  @Test
  void rowsCommittedWhileNoRelayRunsArriveAfterTheRestart() throws Exception {
    outbox.migrate();
    UUID aggregate = outbox.aggregate();
    OutboxFixture.awaitPhase(outbox.startRelay(), Phase.TAILING);
    outbox.append(aggregate);
    outbox.awaitEverything(BOUND);
    outbox.stopRelay(0);
    outbox.append(aggregate);
    outbox.append(aggregate);

    OutboxFixture.awaitPhase(outbox.startRelay(), Phase.TAILING);

    assertThat(OutboxFixture.firstOccurrences(outbox.awaitEverything(BOUND)))
        .isEqualTo(outbox.committed());
  }

  @Test
  void secondRelayStandsByUntilTheSlotIsFree() throws Exception {
    outbox.migrate();
    OutboxFixture.awaitPhase(outbox.startRelay(), Phase.TAILING);
    RelayRun second = outbox.startRelay();
    OutboxFixture.awaitPhase(second, Phase.STANDING_BY);
    assertThat(outbox.bean(1, RelayHealth.class).health().getStatus().getCode()).isEqualTo("UP");
    UUID aggregate = outbox.aggregate();
    outbox.append(aggregate);
    outbox.awaitEverything(BOUND);

    outbox.stopRelay(0);
    outbox.append(aggregate);

    OutboxFixture.awaitPhase(second, Phase.TAILING);
    assertThat(OutboxFixture.firstOccurrences(outbox.awaitEverything(BOUND)))
        .isEqualTo(outbox.committed());
  }

  /// The engine opens its stream twice as it starts, and PostgreSQL may take a moment to see that
  /// the first is gone.
  @Test
  void tailWaitsForTheSlotWhileAnEarlierConnectionLetsGo() throws Exception {
    outbox.migrate();
    UUID aggregate = outbox.aggregate();
    OutboxFixture.awaitPhase(outbox.startRelay(), Phase.TAILING);
    outbox.stopRelayLoop(0);
    RelayProperties properties = outbox.bean(0, RelayProperties.class);
    CountDownLatch started = new CountDownLatch(1);
    try (ExecutorService runner = Executors.newVirtualThreadPerTaskExecutor();
        EventPublisher publisher = new EventPublisher(properties.kafka())) {
      OutboxTail tail = new OutboxTail(properties, publisher, started::countDown, _ -> {});
      try {
        Future<?> running;
        try (Connection earlier = outbox.replication();
            PGReplicationStream stream = OutboxFixture.stream(earlier, properties)) {
          assertThat(stream.isClosed()).isFalse();
          running =
              runner.submit(
                  () -> {
                    tail.run();
                    return null;
                  });
          assertThat(started.await(BOUND.toSeconds(), TimeUnit.SECONDS)).isTrue();
          await().during(Duration.ofSeconds(2)).until(() -> !running.isDone());
        }
        outbox.append(aggregate);

        outbox.awaitEverything(BOUND);
        assertThat(running.isDone()).isFalse();
      } finally {
        tail.close();
      }
    }
  }

  @Test
  void droppedSlotIsRefusedUntilTheOffsetsAreGivenUp() throws Exception {
    outbox.migrate();
    UUID aggregate = outbox.aggregate();
    OutboxFixture.awaitPhase(outbox.startRelay(), Phase.TAILING);
    outbox.append(aggregate);
    outbox.awaitEverything(BOUND);
    outbox.stopRelay(0);
    outbox.append(aggregate);
    outbox.asSuperuser("SELECT pg_drop_replication_slot(current_database()::text)");

    RelayRun refusing = outbox.startRelay();
    OutboxFixture.awaitPhase(refusing, Phase.REFUSED);
    assertThat(refusing.state().detail())
        .contains("is gone though offsets are stored", "To publish the whole outbox again");
    assertThat(outbox.bean(1, RelayHealth.class).health().getStatus().getCode()).isEqualTo("DOWN");
    assertThat(outbox.missing(outbox.everythingNow())).hasSize(1);
    outbox.stopRelay(1);

    outbox.deleteOffsets();
    OutboxFixture.awaitPhase(outbox.startRelay(), Phase.TAILING);
    assertThat(OutboxFixture.firstOccurrences(outbox.awaitEverything(BOUND)))
        .isEqualTo(outbox.committed());
  }

  @Test
  void recreatedSlotNeverSkipsWhatItDidNotSee() throws Exception {
    outbox.migrate();
    UUID aggregate = outbox.aggregate();
    OutboxFixture.awaitPhase(outbox.startRelay(), Phase.TAILING);
    outbox.append(aggregate);
    outbox.awaitEverything(BOUND);
    outbox.stopRelay(0);
    outbox.append(aggregate);
    outbox.asSuperuser("SELECT pg_drop_replication_slot(current_database()::text)");
    outbox.asSuperuser(
        "SELECT pg_create_logical_replication_slot(current_database()::text, 'pgoutput')");

    RelayRun relay = outbox.startRelay();

    OutboxFixture.awaitPhase(relay, Phase.REFUSED);
    assertThat(relay.state().detail()).contains("was made anew or moved");
    assertThat(outbox.missing(outbox.everythingNow())).hasSize(1);
  }

  @Test
  void offsetsOfAnotherDatabaseAreRefused(@TempDir Path directory) throws Exception {
    outbox.migrate();
    OutboxFixture.awaitPhase(outbox.startRelay(), Phase.TAILING);
    outbox.stopRelay(0);

    try (PostgresServer other = PostgresServer.start(directory.resolve("data"), Ports.free());
        OutboxFixture elsewhere = outbox.on(other.address()).migrate()) {
      RelayRun relay = elsewhere.startRelay();

      OutboxFixture.awaitPhase(relay, Phase.REFUSED);
      assertThat(relay.state().detail()).contains("the stored offsets belong to PostgreSQL");
    }
  }

  @Test
  void lagCountsTheRowsThatAreNotAcknowledged() throws Exception {
    outbox.migrate();
    UUID aggregate = outbox.aggregate();
    RelayRun relay = outbox.startRelay();
    OutboxFixture.awaitPhase(relay, Phase.TAILING);
    outbox.append(aggregate);
    await().atMost(BOUND).until(() -> relay.publishedPosition() == 1);
    LagRun lag = outbox.bean(0, LagRun.class);
    RelayMetrics metrics = outbox.bean(0, RelayMetrics.class);
    lag.runOnce();
    assertThat(metrics.backlog().rows()).isZero();
    outbox.stopRelayLoop(0);

    outbox.append(aggregate);
    outbox.append(aggregate);
    lag.runOnce();

    assertThat(metrics.backlog().rows()).isEqualTo(2);
    assertThat(metrics.backlog().age()).isBetween(Duration.ZERO, BOUND);
    assertThat(metrics.retainedBytes()).isPositive();
  }
}
