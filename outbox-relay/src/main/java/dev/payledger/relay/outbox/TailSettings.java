package dev.payledger.relay.outbox;

import dev.payledger.contracts.EventHeaders;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;

/// The embedded engine's configuration.
final class TailSettings {
  /// First part of the keys under which the engine stores its offsets.
  static final String ENGINE_NAME = "ledger-outbox-relay";

  /// Carries the row's position past the router; it never leaves the relay.
  static final String POSITION_HEADER = "position";

  private static final String TABLE = "public.outbox";
  private static final String PREFIX = "ledger";

  /// Before the settings of the offsets' Kafka clients, which the engine itself does not read.
  private static final String KAFKA = "offset.storage.kafka.";

  private TailSettings() {}

  static Properties of(RelayProperties relay) {
    Properties engine = new Properties();
    engine.setProperty("name", ENGINE_NAME);
    engine.setProperty("connector.class", "io.debezium.connector.postgresql.PostgresConnector");
    source(engine, relay);
    offsets(engine, relay);
    router(engine);
    return engine;
  }

  private static void source(Properties engine, RelayProperties relay) {
    engine.setProperty("database.hostname", relay.database().host());
    engine.setProperty("database.port", Integer.toString(relay.database().port()));
    engine.setProperty("database.dbname", relay.database().name());
    engine.setProperty("database.user", relay.database().user());
    engine.setProperty("database.password", relay.database().password());
    engine.setProperty("driver.requireAuth", "scram-sha-256");
    engine.setProperty("topic.prefix", PREFIX);
    engine.setProperty("plugin.name", "pgoutput");
    engine.setProperty("slot.name", relay.slot());
    engine.setProperty("slot.drop.on.stop", "false");
    engine.setProperty("publication.name", relay.publication());
    engine.setProperty("publication.autocreate.mode", "disabled");
    engine.setProperty("table.include.list", TABLE);
    engine.setProperty("skipped.operations", "u,d,t");
    engine.setProperty("tombstones.on.delete", "false");
    // The rows from before the slot are the catch-up's: a snapshot of the engine that finds the
    // slot already there reads the WAL position apart from the rows and may leave a gap.
    engine.setProperty("snapshot.mode", "no_data");
    // The default lets a recreated slot jump past what was never published, without a word.
    engine.setProperty("offset.mismatch.strategy", "trust_offset");
    engine.setProperty("poll.interval.ms", "10");
    engine.setProperty("max.batch.size", "2048");
    engine.setProperty("max.queue.size", "8192");
    engine.setProperty("status.update.interval.ms", "1000");
    engine.setProperty(
        "heartbeat.interval.ms", Long.toString(relay.heartbeatInterval().toMillis()));
    // One layer retries: the loop in RelayRun, which checks slot and identity again each time.
    engine.setProperty("errors.max.retries", "0");
    // But for this: the engine opens its stream twice as it starts, and on a busy machine
    // PostgreSQL
    // still counts the first when the second asks for the slot. Ten seconds, then the loop decides.
    engine.setProperty("slot.max.retries", "40");
    engine.setProperty("slot.retry.delay.ms", "250");
  }

  private static void offsets(Properties engine, RelayProperties relay) {
    engine.setProperty("offset.storage", KafkaOffsets.class.getName());
    engine.setProperty("offset.storage.topic", relay.offsetsTopic());
    relay.kafka().forEach((name, value) -> engine.setProperty(KAFKA + name, value));
    engine.setProperty(
        "offset.flush.interval.ms", Long.toString(relay.offsetInterval().toMillis()));
  }

  /// Of the engine's settings those that `RelayProperties.kafka` gave it.
  static Map<String, String> kafka(Map<String, String> engine) {
    return engine.entrySet().stream()
        .filter(setting -> setting.getKey().startsWith(KAFKA))
        .collect(
            Collectors.toMap(
                setting -> setting.getKey().substring(KAFKA.length()), Map.Entry::getValue));
  }

  private static void router(Properties engine) {
    engine.setProperty("predicates", "isOutbox");
    engine.setProperty(
        "predicates.isOutbox.type",
        "org.apache.kafka.connect.transforms.predicates.TopicNameMatches");
    engine.setProperty("predicates.isOutbox.pattern", PREFIX + "\\.public\\.outbox");
    engine.setProperty("transforms", "outbox");
    engine.setProperty("transforms.outbox.predicate", "isOutbox");
    engine.setProperty("transforms.outbox.type", "io.debezium.transforms.outbox.EventRouter");
    engine.setProperty("transforms.outbox.table.field.event.id", "id");
    engine.setProperty("transforms.outbox.table.field.event.key", "aggregate_id");
    engine.setProperty("transforms.outbox.table.field.event.payload", "payload");
    engine.setProperty("transforms.outbox.table.expand.json.payload", "false");
    engine.setProperty("transforms.outbox.route.by.field", "aggregate_type");
    engine.setProperty(
        "transforms.outbox.route.topic.replacement", OutboxEvent.topic("${routedByValue}"));
    engine.setProperty(
        "transforms.outbox.table.fields.additional.placement",
        String.join(
            ",",
            "type:header:" + EventHeaders.TYPE,
            "version:header:" + EventHeaders.VERSION,
            "traceparent:header:" + EventHeaders.TRACEPARENT,
            "position:header:" + POSITION_HEADER));
  }
}
