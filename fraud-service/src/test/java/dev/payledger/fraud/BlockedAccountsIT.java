package dev.payledger.fraud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.payledger.contracts.BlockedAccountEvent;
import dev.payledger.contracts.Topics;
import dev.payledger.testkit.Kafka;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The list of blocked accounts: who changes it, and what is told of it.
@TestPropertySource(properties = "fraud.blocking.publish-interval=100ms")
class BlockedAccountsIT extends HearingServer {
  private static final JsonMapper JSON = JsonMapper.shared();

  @Test
  void aBlockedAccountIsDeclinedUntilItIsUnblocked() {
    assertThat(block(bob, true, "court order").statusCode()).isEqualTo(200);
    assertThat(assessed(alice, bob, 1)).contains("\"DECLINED\"").contains("blocked-account");
    assertThat(assessed(bob, alice, 1)).contains("\"DECLINED\"");

    assertThat(block(bob, false, "order lifted").statusCode()).isEqualTo(200);
    assertThat(assessed(alice, bob, 1)).contains("\"APPROVED\"");
  }

  @Test
  void aChangeIsKeptOnceWithWhoAndWhy() {
    block(bob, true, "court order");
    block(bob, true, "another reason");
    JsonNode kept = JSON.readTree(block(bob, false, "order lifted").body());

    assertThat(kept.get("isBlocked").asBoolean()).isFalse();
    assertThat(kept.get("changes")).hasSize(2);
    JsonNode first = kept.get("changes").get(0);
    assertThat(first.get("reason").asString()).isEqualTo("court order");
    assertThat(first.get("changedBy").asString()).isEqualTo("olga");
    assertThat(first.get("changedAt").asString()).startsWith("2026-06-01T12:00");
    assertThat(JSON.readTree(get("/blocked-accounts/" + bob).body())).isEqualTo(kept);
    assertThat(get("/blocked-accounts?limit=200").body()).doesNotContain(bob.toString());
    block(carol, true, "again");
    assertThat(get("/blocked-accounts?limit=200").body()).contains(carol.toString());
  }

  @Test
  void strangersAndNonsenseAreRefused() {
    assertThat(send(stranger("/blocked-accounts/" + bob)).statusCode()).isEqualTo(401);
    assertThat(block(bob, true, " ").statusCode()).isEqualTo(400);
    assertThat(block(new UUID(0, 0), true, "the end").statusCode()).isEqualTo(400);
    assertThat(get("/blocked-accounts?limit=0").statusCode()).isEqualTo(400);
  }

  /// Its blocks would end with the next start, which unblocks what the setting names no longer.
  @Test
  void nobodyBlocksInTheNameOfTheSetting() {
    for (String name : List.of("configuration", " Configuration ")) {
      assertThat(block(bob, true, "court order", name).statusCode()).isEqualTo(400);
    }
    assertThat(assessed(alice, bob, 1)).contains("\"APPROVED\"");
    assertThat(block(bob, true, "court order", "configuration team").statusCode()).isEqualTo(200);
  }

  @Test
  void publishesEveryChangeInOrderBeforeTheListIsComplete() {
    block(bob, true, "one");
    block(bob, false, "two");
    block(carol, true, "three");

    await().atMost(SOON).until(() -> newest().containsKey(carol));
    List<BlockedAccountEvent> events = told();
    assertThat(events.stream().filter(event -> event.accountId().equals(bob)))
        .extracting(BlockedAccountEvent::sequence, BlockedAccountEvent::isBlocked)
        .containsSubsequence(tuple(1L, true), tuple(2L, false));
    assertThat(newest().get(UUID.fromString(BLOCKED_BY_PROPERTY)).isBlocked())
        .as("named by the setting")
        .isTrue();
    assertThat(events.getLast().accountId()).isEqualTo(BlockedAccountEvent.END_OF_LIST);
  }

  @Test
  void theTopicHoldsTheWholeList() throws Exception {
    await().atMost(SOON).until(() -> newest().containsKey(BlockedAccountEvent.END_OF_LIST));
    try (var admin = admin(Kafka.bootstrapServers())) {
      var topic = new ConfigResource(ConfigResource.Type.TOPIC, Topics.BLOCKED_ACCOUNT);
      assertThat(
              admin
                  .describeConfigs(List.of(topic))
                  .all()
                  .get()
                  .get(topic)
                  .get("cleanup.policy")
                  .value())
          .isEqualTo("compact");
      assertThat(
              admin
                  .describeTopics(List.of(Topics.BLOCKED_ACCOUNT))
                  .allTopicNames()
                  .get()
                  .get(Topics.BLOCKED_ACCOUNT)
                  .partitions())
          .hasSize(1);
    }
  }

  /// A publisher that slept is fenced by the next one: what it has not committed is never read.
  @Test
  void whatAFencedPublisherWroteIsNotRead() {
    await().atMost(SOON).until(() -> newest().containsKey(BlockedAccountEvent.END_OF_LIST));
    try (var sleeper =
        new KafkaProducer<String, String>(
            Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                Kafka.bootstrapServers(),
                ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                "fraud-blocked-accounts",
                ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
                StringSerializer.class,
                ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
                StringSerializer.class))) {
      sleeper.initTransactions();
      sleeper.beginTransaction();
      var _ =
          sleeper.send(
              new ProducerRecord<>(
                  Topics.BLOCKED_ACCOUNT,
                  bob.toString(),
                  JSON.writeValueAsString(new BlockedAccountEvent(bob, 1, false, NOON))));
      sleeper.flush();

      block(bob, true, "newer");
      await().atMost(SOON).until(() -> newest().containsKey(bob));

      assertThat(newest().get(bob).isBlocked()).isTrue();
      assertThat(told().stream().filter(event -> event.accountId().equals(bob))).hasSize(1);
    }
  }

  private Map<UUID, BlockedAccountEvent> newest() {
    Map<UUID, BlockedAccountEvent> newest = new HashMap<>();
    told().forEach(event -> newest.put(event.accountId(), event));
    return newest;
  }

  /// All of the topic, as a consumer reads it that begins anew.
  private static List<BlockedAccountEvent> told() {
    List<BlockedAccountEvent> events = new ArrayList<>();
    try (var consumer =
        new KafkaConsumer<>(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                Kafka.bootstrapServers(),
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed"),
            new StringDeserializer(),
            new StringDeserializer())) {
      TopicPartition only = new TopicPartition(Topics.BLOCKED_ACCOUNT, 0);
      consumer.assign(List.of(only));
      consumer.seekToBeginning(List.of(only));
      long end = consumer.endOffsets(List.of(only)).get(only);
      while (consumer.position(only) < end) {
        for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
          events.add(JSON.readValue(record.value(), BlockedAccountEvent.class));
        }
      }
    }
    return events;
  }
}
