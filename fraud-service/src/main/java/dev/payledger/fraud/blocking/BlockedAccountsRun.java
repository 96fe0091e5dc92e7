package dev.payledger.fraud.blocking;

import dev.payledger.contracts.BlockedAccountEvent;
import dev.payledger.contracts.EventHeaders;
import dev.payledger.contracts.Topics;
import dev.payledger.fraud.blocking.BlockedAccounts.Change;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.StringSerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import tools.jackson.databind.json.JsonMapper;

/// Tells the list of blocked accounts: all of it once after each start, so that a topic that was lost
/// is filled again, and from then on what is new. Each telling ends with the mark that the list is
/// complete up to there, and is one transaction of Kafka's.
///
/// One publisher at a time, by Kafka's own fencing token: whoever begins takes the transactional id
/// over, and what an earlier one has not committed is never read. A publisher reads the list after
/// it has begun, so what it reads is not older than anything that was committed before it: per key,
/// the topic never ends with an older change than the table. A crash anywhere repeats a telling.
/// While Kafka is away the changes wait in the table, and screening does not notice.
@Component
class BlockedAccountsRun {
  private static final Logger LOG = LoggerFactory.getLogger(BlockedAccountsRun.class);
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String TRANSACTIONAL_ID = "fraud-blocked-accounts";
  private static final long NOTHING_TOLD = -1;

  private final BlockedAccounts blocked;
  private final BlockingProperties properties;
  private final Clock clock;
  private final Map<String, Object> connection;
  private long toldUpTo = NOTHING_TOLD;
  private boolean isTopicThere;

  BlockedAccountsRun(
      BlockedAccounts blocked, BlockingProperties properties, KafkaAdmin kafka, Clock clock) {
    this.blocked = blocked;
    this.properties = properties;
    this.clock = clock;
    this.connection = new HashMap<>(kafka.getConfigurationProperties());
  }

  @Scheduled(fixedDelayString = "${fraud.blocking.publish-interval:1s}")
  void run() throws InterruptedException {
    try {
      runOnce();
    } catch (KafkaException | TimeoutException e) {
      LOG.warn("Blocked accounts are not told yet, Kafka does not answer: {}", e.toString());
    } catch (DataAccessException | TransactionException e) {
      LOG.warn("Blocked accounts are not told yet, the database does not answer", e);
    }
  }

  /// One pass.
  ///
  /// @return how many changes were told
  synchronized int runOnce() throws InterruptedException, TimeoutException {
    if (toldUpTo >= 0 && blocked.lastPosition() == toldUpTo) {
      return 0;
    }
    createTopic();
    try (KafkaProducer<String, String> producer = new KafkaProducer<>(producer())) {
      producer.initTransactions();
      List<Change> changes =
          toldUpTo == NOTHING_TOLD ? blocked.newestChanges() : blocked.changesAfter(toldUpTo);
      long upTo = changes.isEmpty() ? Math.max(0, toldUpTo) : changes.getLast().position();
      producer.beginTransaction();
      for (Change change : changes) {
        var _ = producer.send(record(BlockedAccounts.event(change)));
      }
      var _ =
          producer.send(
              record(
                  new BlockedAccountEvent(
                      BlockedAccountEvent.END_OF_LIST, upTo, false, clock.instant())));
      // Throws what any of the sends did, and then nothing of it is read.
      producer.commitTransaction();
      toldUpTo = upTo;
      return changes.size();
    }
  }

  /// Whoever publishes to a topic creates it. Compacted, so that it holds the whole list for whoever
  /// starts anew; one partition, so that the mark of the end is behind all that it speaks of.
  private void createTopic() throws InterruptedException, TimeoutException {
    if (isTopicThere) {
      return;
    }
    Map<String, Object> settings = new HashMap<>(connection);
    int timeoutMs = Math.toIntExact(properties.kafkaTimeout().toMillis());
    settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, timeoutMs);
    settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, timeoutMs);
    try (Admin admin = Admin.create(settings)) {
      admin
          .createTopics(
              List.of(
                  new NewTopic(Topics.BLOCKED_ACCOUNT, 1, properties.replicationFactor())
                      .configs(
                          Map.of(
                              TopicConfig.CLEANUP_POLICY_CONFIG,
                              TopicConfig.CLEANUP_POLICY_COMPACT))))
          .all()
          .get(2L * timeoutMs, TimeUnit.MILLISECONDS);
      LOG.info("Created topic {}", Topics.BLOCKED_ACCOUNT);
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw new KafkaException(e.getCause());
      }
    }
    isTopicThere = true;
  }

  private static ProducerRecord<String, String> record(BlockedAccountEvent event) {
    String type =
        event.accountId().equals(BlockedAccountEvent.END_OF_LIST)
            ? "BlockedAccountsListed"
            : event.isBlocked() ? "AccountBlocked" : "AccountUnblocked";
    // Named by what it tells, so that a repeat has the same id.
    String id =
        UUID.nameUUIDFromBytes(bytes(event.accountId() + " " + event.sequence())).toString();
    return new ProducerRecord<>(
        Topics.BLOCKED_ACCOUNT,
        0,
        event.accountId().toString(),
        JSON.writeValueAsString(event),
        List.of(
            new RecordHeader(EventHeaders.ID, bytes(id)),
            new RecordHeader(EventHeaders.TYPE, bytes(type)),
            new RecordHeader(EventHeaders.VERSION, bytes("1"))));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /// A transactional producer is idempotent and waits for all replicas; said here all the same.
  private Map<String, Object> producer() {
    Map<String, Object> settings = new HashMap<>(connection);
    int timeoutMs = Math.toIntExact(properties.kafkaTimeout().toMillis());
    settings.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, StringSerializer.class);
    settings.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, StringSerializer.class);
    settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, TRANSACTIONAL_ID);
    settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, timeoutMs);
    settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, timeoutMs);
    settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 2 * timeoutMs);
    settings.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, 4 * timeoutMs);
    return settings;
  }
}
