package dev.payledger.relay.outbox;

import dev.payledger.contracts.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The relay's topics: those of the events, and the compacted one that holds the engine's offsets
/// beside the identity of the database they belong to. Both in one topic, so that nobody can lose
/// one without the other.
@Component
class RelayTopics {
  private static final Duration BOUND = Duration.ofSeconds(10);
  private static final JsonMapper JSON = JsonMapper.shared();

  private final RelayProperties properties;

  RelayTopics(RelayProperties properties) {
    this.properties = properties;
  }

  void createMissing() throws ExecutionException, InterruptedException, TimeoutException {
    try (Admin admin = Admin.create(client())) {
      Set<String> existing = admin.listTopics().names().get(BOUND.toSeconds(), TimeUnit.SECONDS);
      List<NewTopic> missing =
          Stream.concat(
                  Topics.OF_LEDGER.stream()
                      .map(
                          name ->
                              new NewTopic(
                                  name, Topics.PARTITIONS, properties.replicationFactor())),
                  Stream.of(
                      new NewTopic(properties.offsetsTopic(), 1, properties.replicationFactor())
                          .configs(
                              Map.of(
                                  TopicConfig.CLEANUP_POLICY_CONFIG,
                                  TopicConfig.CLEANUP_POLICY_COMPACT))))
              .filter(topic -> !existing.contains(topic.name()))
              .toList();
      for (NewTopic topic : missing) {
        create(admin, topic);
      }
    }
  }

  private static void create(Admin admin, NewTopic topic)
      throws ExecutionException, InterruptedException, TimeoutException {
    try {
      admin.createTopics(List.of(topic)).all().get(BOUND.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      // A second relay that starts beside this one creates the same topics.
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw e;
      }
    }
  }

  Stored stored() throws TimeoutException {
    Stored stored = Stored.NOTHING;
    for (Map.Entry<String, String> entry :
        OffsetsTopic.read(properties.kafka(), properties.offsetsTopic()).entrySet()) {
      JsonNode value = JSON.readTree(entry.getValue());
      if (entry.getKey().equals(bindingKey())) {
        stored =
            new Stored(
                new LedgerIdentity(
                    value.required("systemIdentifier").asString(),
                    value.required("timeline").asInt()),
                value.required("position").asLong(),
                stored.enginePosition());
      } else if (entry.getKey().startsWith("[\"" + TailSettings.ENGINE_NAME + "\"")) {
        stored = new Stored(stored.bound(), stored.boundPosition(), value.required("lsn").asLong());
      }
    }
    return stored;
  }

  /// @param position where the slot stood when the catch-up ended
  ProducerRecord<String, String> binding(LedgerIdentity identity, long position) {
    return new ProducerRecord<>(
        properties.offsetsTopic(),
        bindingKey(),
        JSON.writeValueAsString(
            Map.of(
                "systemIdentifier",
                identity.systemIdentifier(),
                "timeline",
                identity.timeline(),
                "position",
                position)));
  }

  /// Shaped like the engine's own keys: `[name, partition]`.
  private String bindingKey() {
    return "[\"relay-binding\",{\"slot\":\"" + properties.slot() + "\"}]";
  }

  private Map<String, Object> client() {
    Map<String, Object> client = new HashMap<>(properties.kafka());
    client.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
    client.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 5_000);
    return client;
  }

  /// What the offsets topic remembers. Positions are PostgreSQL's, as numbers.
  ///
  /// @param bound the database that the positions belong to; null while no catch-up has ended
  /// @param boundPosition where the slot stood at that moment
  /// @param enginePosition up to where the engine has published; null before its first offset
  record Stored(
      @Nullable LedgerIdentity bound, @Nullable Long boundPosition, @Nullable Long enginePosition) {
    static final Stored NOTHING = new Stored(null, null, null);

    /// The last position that is known to be published.
    @Nullable Long position() {
      return enginePosition == null ? boundPosition : enginePosition;
    }
  }
}
