package dev.payledger.notify.intake;

import dev.payledger.contracts.Topics;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.TopicExistsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/// Creates the ledger's topics when they are missing. In the background and until it succeeds, so
/// that the service starts and serves reads while Kafka is down. A crash loses nothing: creating a
/// topic that exists changes nothing.
@Component
class TopicsRun {
  private static final Logger LOG = LoggerFactory.getLogger(TopicsRun.class);
  private static final int BOUND_MS = 5_000;

  private final Map<String, Object> connection;
  private final IntakeProperties properties;
  private volatile boolean isDone;

  TopicsRun(KafkaAdmin admin, IntakeProperties properties) {
    this.connection = new HashMap<>(admin.getConfigurationProperties());
    this.connection.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, BOUND_MS);
    this.connection.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, BOUND_MS);
    this.properties = properties;
  }

  @Scheduled(fixedDelayString = "${notify.intake.topic-pause:2s}")
  void run() throws InterruptedException {
    if (!isDone) {
      isDone = runOnce();
    }
  }

  /// One try; true when all topics are there.
  boolean runOnce() throws InterruptedException {
    try (Admin admin = Admin.create(connection)) {
      Map<String, KafkaFuture<Void>> topics =
          admin.createTopics(Topics.OF_LEDGER.stream().map(this::topic).toList()).values();
      for (Map.Entry<String, KafkaFuture<Void>> topic : topics.entrySet()) {
        try {
          topic.getValue().get(2L * BOUND_MS, TimeUnit.MILLISECONDS);
          LOG.info("Created topic {}", topic.getKey());
        } catch (ExecutionException e) {
          if (!(e.getCause() instanceof TopicExistsException)) {
            LOG.warn("Topic {} is not there yet: {}", topic.getKey(), e.getMessage());
            return false;
          }
        }
      }
      return true;
    } catch (TimeoutException e) {
      LOG.warn("The topics are not there yet: Kafka does not answer");
      return false;
    }
  }

  private NewTopic topic(String name) {
    return new NewTopic(name, Topics.PARTITIONS, properties.topicReplication())
        .configs(Map.of("retention.ms", Long.toString(properties.topicRetention().toMillis())));
  }
}
