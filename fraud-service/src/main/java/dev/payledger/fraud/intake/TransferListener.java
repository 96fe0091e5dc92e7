package dev.payledger.fraud.intake;

import dev.payledger.contracts.Topics;
import dev.payledger.contracts.TransferEvent;
import dev.payledger.fraud.alert.Alerts;
import dev.payledger.fraud.assessment.AssessmentRequest;
import dev.payledger.fraud.assessment.Leg;
import dev.payledger.fraud.assessment.Screening;
import dev.payledger.fraud.payee.Payees;
import dev.payledger.kit.consumer.DeadLetterReason;
import dev.payledger.kit.consumer.DeadLetters;
import dev.payledger.kit.consumer.EventRecord;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/// Learns from each of the ledger's transfers that has moved money.
///
/// Kafka's offset is stored after the commits: a crash before repeats the event. There is no inbox of
/// event ids, because every effect is a set by a key of its own (pair of accounts, transfer id) or a
/// greatest value; told twice, or in another order, it ends the same.
@Component
class TransferListener {
  private final EventReader reader;
  private final Payees payees;
  private final Alerts alerts;
  private final Screening screening;
  private final DeadLetters deadLetters;
  private final TransactionTemplate transaction;

  TransferListener(
      EventReader reader,
      Payees payees,
      Alerts alerts,
      Screening screening,
      DeadLetters deadLetters,
      TransactionTemplate transaction) {
    this.reader = reader;
    this.payees = payees;
    this.alerts = alerts;
    this.screening = screening;
    this.deadLetters = deadLetters;
    this.transaction = transaction;
  }

  /// One thread for all partitions: most events need no database, and screening keeps the pool.
  @KafkaListener(topics = Topics.TRANSFER)
  void onEvent(ConsumerRecord<byte[], byte[]> record) {
    EventRecord event = new EventRecord(record);
    try (var _ = event.inLog()) {
      switch (reader.read(event)) {
        case IncomingEvent.Moved moved -> learn(moved.event());
        case IncomingEvent.NothingMoved() -> {
          // Nobody was paid.
        }
        case IncomingEvent.Unreadable unreadable ->
            deadLetters.keep(record, DeadLetterReason.UNREADABLE, unreadable.why());
      }
    }
  }

  private void learn(TransferEvent event) {
    boolean isUnscreened = event.screening() == TransferEvent.Screening.SKIPPED;
    transaction.executeWithoutResult(
        status -> {
          // What a reversal gives back was not this debit account's wish to pay somebody.
          if (event.reverses() == null) {
            payees.paid(event.transferId(), event.occurredAt(), moved(event).pairsMinor());
          }
          if (isUnscreened) {
            alerts.add(
                event.transferId(), event.currency(), event.amountMinor(), event.occurredAt());
          }
        });
    if (isUnscreened) {
      // Behind the first commit: whatever becomes of the verdict, the transfer is on the list.
      screening.assessUnscreened(event.transferId(), asked(event));
    }
  }

  /// The transfer as the ledger would have asked about it. Who started it is not in the event, so
  /// that nobody is exempt.
  private static AssessmentRequest asked(TransferEvent event) {
    return request(event, event.amountMinor());
  }

  /// What has really moved. A transfer of several legs moves whole; of one, what is captured.
  private static AssessmentRequest moved(TransferEvent event) {
    return request(event, event.capturedMinor() > 0 ? event.capturedMinor() : event.amountMinor());
  }

  private static AssessmentRequest request(TransferEvent event, long amountMinor) {
    List<TransferEvent.Leg> several = event.legs();
    List<Leg> legs =
        several == null
            ? List.of(new Leg(event.debitAccountId(), event.creditAccountId(), amountMinor))
            : several.stream()
                .map(leg -> new Leg(leg.debitAccountId(), leg.creditAccountId(), leg.amountMinor()))
                .toList();
    return new AssessmentRequest(event.currency(), false, legs);
  }
}
