package dev.payledger.ledger.blocked;

import dev.payledger.contracts.BlockedAccountEvent;
import dev.payledger.contracts.Topics;
import dev.payledger.kit.consumer.DeadLetterReason;
import dev.payledger.kit.consumer.DeadLetters;
import dev.payledger.kit.consumer.EventFields;
import dev.payledger.kit.consumer.EventRecord;
import dev.payledger.kit.consumer.UnreadableEventException;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.annotation.PartitionOffset;
import org.springframework.kafka.annotation.TopicPartition;
import org.springframework.stereotype.Component;

/// Takes the list of blocked accounts in. The topic is compacted and small, so each start reads it from
/// its beginning: there is no offset that could be ahead of a database that was restored or made
/// anew, and no inbox, since an older change than the known one changes nothing. Without Kafka the
/// copy is as old as it is, and money moves.
@Component
class BlockedAccountListener {
  private final BlockedAccounts blocked;
  private final DeadLetters deadLetters;

  BlockedAccountListener(BlockedAccounts blocked, DeadLetters deadLetters) {
    this.blocked = blocked;
    this.deadLetters = deadLetters;
  }

  @KafkaListener(
      topicPartitions =
          @TopicPartition(
              topic = Topics.BLOCKED_ACCOUNT,
              partitionOffsets = @PartitionOffset(partition = "0", initialOffset = "0")))
  void onEvent(ConsumerRecord<byte[], byte[]> record) {
    EventRecord read = new EventRecord(record);
    try (var _ = read.inLog()) {
      BlockedAccountEvent event;
      try {
        event = event(read);
      } catch (UnreadableEventException e) {
        deadLetters.keep(record, DeadLetterReason.UNREADABLE, e.reason());
        return;
      }
      blocked.apply(event);
    }
  }

  private static BlockedAccountEvent event(EventRecord record) {
    EventFields fields = record.value();
    UUID accountId = fields.id("accountId");
    record.requireKey(accountId);
    boolean isEnd = accountId.equals(BlockedAccountEvent.END_OF_LIST);
    BlockedAccountEvent event =
        new BlockedAccountEvent(
            accountId,
            fields.number("sequence", isEnd ? 0 : 1, Long.MAX_VALUE),
            fields.flag("isBlocked"),
            fields.instant("occurredAt"));
    UnreadableEventException.unless(
        !(isEnd && event.isBlocked()), "isBlocked: true at the end of the list");
    return event;
  }
}
