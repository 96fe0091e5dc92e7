package dev.payledger.relay.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.payledger.contracts.EventHeaders;
import dev.payledger.contracts.Topics;
import dev.payledger.relay.RelayApplication;
import dev.payledger.stack.server.PostgresAddress;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.replication.PGReplicationStream;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/// A ledger's database with nothing but its outbox, and the relays that tail it. Each fixture has a
/// database, a slot and an offsets topic of its own; the events' topics are shared, so events are
/// told apart by the aggregates this fixture made up.
final class OutboxFixture implements AutoCloseable {
  private static final AtomicInteger COUNT = new AtomicInteger();

  private final PostgresAddress postgres;
  private final String bootstrapServers;
  private final String name;
  private final List<ConfigurableApplicationContext> relays = new ArrayList<>();
  private final Map<UUID, AtomicLong> sequences = new HashMap<>();

  /// Ids of the events in the order in which they were committed, by aggregate.
  private final Map<UUID, List<String>> committed = new LinkedHashMap<>();

  OutboxFixture(PostgresAddress postgres, String bootstrapServers) throws SQLException {
    this(
        postgres,
        bootstrapServers,
        "outbox_" + ProcessHandle.current().pid() + "_" + COUNT.getAndIncrement());
  }

  private OutboxFixture(PostgresAddress postgres, String bootstrapServers, String name)
      throws SQLException {
    this.name = name;
    this.postgres = postgres;
    this.bootstrapServers = bootstrapServers;
    try (Connection connection = postgres.superuser("postgres");
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + name + " OWNER ledger_owner");
    }
  }

  /// The same names on another server, as when a relay is pointed at the wrong one.
  OutboxFixture on(PostgresAddress other) throws SQLException {
    return new OutboxFixture(other, bootstrapServers, name);
  }

  static void awaitPhase(RelayRun relay, RelayState.Phase phase) {
    await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(20))
        .untilAsserted(() -> assertThat(relay.state().phase()).isEqualTo(phase));
  }

  OutboxFixture migrate() throws SQLException, IOException {
    try (Connection connection = owner();
        Statement statement = connection.createStatement();
        InputStream in = OutboxFixture.class.getResourceAsStream("/outbox.sql")) {
      statement.execute(
          new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8));
    }
    return this;
  }

  Connection owner() throws SQLException {
    return DriverManager.getConnection(postgres.url(name), "ledger_owner", "ledger-owner-demo");
  }

  /// A connection that may hold the slot, as a relay's does.
  Connection replication() throws SQLException {
    Properties login = new Properties();
    login.setProperty("user", "ledger_relay");
    login.setProperty("password", "ledger-relay-demo");
    login.setProperty("replication", "database");
    login.setProperty("preferQueryMode", "simple");
    login.setProperty("assumeMinServerVersion", "17");
    return DriverManager.getConnection(postgres.url(name), login);
  }

  static PGReplicationStream stream(Connection replication, RelayProperties relay)
      throws SQLException {
    return replication
        .unwrap(PGConnection.class)
        .getReplicationAPI()
        .replicationStream()
        .logical()
        .withSlotName(relay.slot())
        .withSlotOption("proto_version", 1)
        .withSlotOption("publication_names", relay.publication())
        .start();
  }

  void asSuperuser(String sql) throws SQLException {
    try (Connection connection = postgres.superuser(name);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  UUID aggregate() {
    UUID aggregate = UUID.randomUUID();
    sequences.put(aggregate, new AtomicLong());
    committed.put(aggregate, new ArrayList<>());
    return aggregate;
  }

  /// Commits one row in a transaction of its own and returns the event's id.
  String append(UUID aggregate) throws SQLException {
    try (Connection connection = owner()) {
      return append(
          connection, aggregate, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    }
  }

  /// Appends to the connection's transaction. One thread per aggregate, as the ledger's row locks
  /// ensure.
  String append(Connection connection, UUID aggregate, @Nullable String traceparent)
      throws SQLException {
    long sequence = Objects.requireNonNull(sequences.get(aggregate)).incrementAndGet();
    UUID id = UUID.randomUUID();
    try (PreparedStatement insert =
        connection.prepareStatement(
            """
            INSERT INTO outbox (id, aggregate_type, aggregate_id, aggregate_seq, type, version,
                                payload, traceparent, created_at)
            VALUES (?, 'transfer', ?, ?, 'TransferPosted', 1, ?::jsonb, ?, now())
            """)) {
      insert.setObject(1, id);
      insert.setObject(2, aggregate);
      insert.setLong(3, sequence);
      insert.setString(
          4, "{\"sequence\": %d, \"reference\": \"Bäckerei \\\"Süß\\\"\"}".formatted(sequence));
      insert.setString(5, traceparent);
      insert.executeUpdate();
    }
    Objects.requireNonNull(committed.get(aggregate)).add(id.toString());
    return id.toString();
  }

  /// Command line arguments of a relay process on this fixture.
  List<String> arguments() {
    return List.of(
        "--POSTGRES_HOST=" + postgres.host(),
        "--POSTGRES_PORT=" + postgres.port(),
        "--KAFKA_BOOTSTRAP_SERVERS=" + bootstrapServers,
        "--relay.database.name=" + name,
        "--relay.slot=" + name,
        "--relay.offsets-topic=relay.offsets." + name);
  }

  RelayRun startRelay() {
    ConfigurableApplicationContext context =
        new SpringApplicationBuilder(RelayApplication.class)
            .web(WebApplicationType.NONE)
            .run(arguments().toArray(String[]::new));
    relays.add(context);
    return context.getBean(RelayRun.class);
  }

  void stopRelay(int index) {
    relays.get(index).close();
  }

  /// Ends the loop but leaves the relay's other parts running.
  void stopRelayLoop(int index) {
    relays.get(index).getBean(RelayRun.class).stop();
  }

  void deleteOffsets() throws Exception {
    try (Admin admin =
        Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers))) {
      admin.deleteTopics(List.of("relay.offsets." + name)).all().get(10, TimeUnit.SECONDS);
    }
  }

  <T> T bean(int relay, Class<T> type) {
    return relays.get(relay).getBean(type);
  }

  /// Whether no backend streams from the relay's slot.
  boolean isSlotFree() throws SQLException {
    try (Connection connection = postgres.superuser("postgres");
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT count(*) FROM pg_replication_slots WHERE slot_name = '"
                    + name
                    + "' AND active_pid IS NOT NULL")) {
      row.next();
      return row.getInt(1) == 0;
    }
  }

  /// All records of this fixture's aggregates, in the order of their partition, once every committed
  /// event is among them. Each record is looked at once: a check of all of them after each poll took
  /// minutes for what a slow machine had written.
  List<ConsumerRecord<String, String>> awaitEverything(Duration bound) {
    List<ConsumerRecord<String, String>> found = new ArrayList<>();
    Set<String> missing = new HashSet<>();
    committed.values().forEach(missing::addAll);
    try (KafkaConsumer<String, String> consumer = consumer()) {
      await()
          .atMost(bound)
          .pollInterval(Duration.ofMillis(10))
          .until(
              () -> {
                int before = found.size();
                consumer.poll(Duration.ofMillis(200)).forEach(record -> keep(record, found));
                found.subList(before, found.size()).forEach(record -> missing.remove(id(record)));
                return missing.isEmpty();
              });
      consumer.poll(Duration.ofMillis(300)).forEach(record -> keep(record, found));
    }
    return found;
  }

  /// Records up to the end of the topics as of now.
  List<ConsumerRecord<String, String>> everythingNow() {
    List<ConsumerRecord<String, String>> found = new ArrayList<>();
    try (KafkaConsumer<String, String> consumer = consumer()) {
      Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        consumer.poll(Duration.ofMillis(200)).forEach(record -> keep(record, found));
      }
    }
    return found;
  }

  private void keep(
      ConsumerRecord<String, String> record, List<ConsumerRecord<String, String>> found) {
    if (committed.containsKey(UUID.fromString(record.key()))) {
      found.add(record);
    }
  }

  List<String> missing(List<ConsumerRecord<String, String>> found) {
    List<String> missing = committed.values().stream().flatMap(List::stream).toList();
    List<String> left = new ArrayList<>(missing);
    left.removeAll(new java.util.HashSet<>(found.stream().map(OutboxFixture::id).toList()));
    return left;
  }

  /// Ids by aggregate in the order of their first occurrence.
  static Map<UUID, List<String>> firstOccurrences(List<ConsumerRecord<String, String>> records) {
    Map<UUID, java.util.LinkedHashSet<String>> ids = new LinkedHashMap<>();
    for (ConsumerRecord<String, String> record : records) {
      ids.computeIfAbsent(UUID.fromString(record.key()), _ -> new java.util.LinkedHashSet<>())
          .add(id(record));
    }
    Map<UUID, List<String>> ordered = new LinkedHashMap<>();
    ids.forEach((key, value) -> ordered.put(key, List.copyOf(value)));
    return ordered;
  }

  Map<UUID, List<String>> committed() {
    return committed;
  }

  static String id(ConsumerRecord<String, String> record) {
    return Objects.requireNonNull(header(record, EventHeaders.ID));
  }

  static @Nullable String header(ConsumerRecord<String, String> record, String name) {
    var header = record.headers().lastHeader(name);
    return header == null ? null : new String(header.value(), StandardCharsets.UTF_8);
  }

  private KafkaConsumer<String, String> consumer() {
    KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers,
                ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class,
                ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class));
    List<TopicPartition> partitions = new ArrayList<>();
    for (String topic : Topics.OF_LEDGER) {
      for (int partition = 0; partition < Topics.PARTITIONS; partition++) {
        partitions.add(new TopicPartition(topic, partition));
      }
    }
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    return consumer;
  }

  @Override
  public void close() throws SQLException {
    relays.forEach(ConfigurableApplicationContext::close);
    try (Connection connection = postgres.superuser("postgres");
        Statement statement = connection.createStatement()) {
      statement.execute(
          "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = '"
              + name
              + "'");
      statement.execute("DROP DATABASE " + name + " WITH (FORCE)");
    }
  }
}
