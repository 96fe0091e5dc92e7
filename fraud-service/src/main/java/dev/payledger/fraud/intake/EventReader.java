package dev.payledger.fraud.intake;

import dev.payledger.contracts.TransferEvent;
import dev.payledger.contracts.TransferEvent.Leg;
import dev.payledger.contracts.TransferEvent.Screening;
import dev.payledger.contracts.TransferEvent.Status;
import dev.payledger.kit.consumer.EventFields;
import dev.payledger.kit.consumer.EventRecord;
import dev.payledger.kit.consumer.UnreadableEventException;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/// Reads a record of `ledger.transfer.v1` by its contract. Field by field, because the contract also
/// has fields that older events lack.
@Component
final class EventReader {
  private static final long AMOUNT_MINOR_MAX = (1L << 53) - 1;
  private static final int LEGS_MAX = 50;
  private static final Pattern CURRENCY = Pattern.compile("[A-Z]{3}");

  IncomingEvent read(EventRecord record) {
    try {
      TransferEvent event = event(record.value());
      record.requireKey(event.transferId());
      return event.status() == Status.POSTED || event.capturedMinor() > 0
          ? new IncomingEvent.Moved(event)
          : new IncomingEvent.NothingMoved();
    } catch (UnreadableEventException e) {
      return new IncomingEvent.Unreadable(e.reason());
    }
  }

  private static TransferEvent event(EventFields fields) {
    long amountMinor = fields.number("amountMinor", 1, AMOUNT_MINOR_MAX);
    return new TransferEvent(
        fields.id("transferId"),
        fields.number("sequence", 1, Long.MAX_VALUE),
        fields.oneOf(Status.class, "status"),
        fields.id("debitAccountId"),
        fields.id("creditAccountId"),
        amountMinor,
        // Events from before there were captures do not have it.
        fields.has("capturedMinor") ? fields.number("capturedMinor", 0, amountMinor) : 0,
        fields.text("currency", CURRENCY),
        legs(fields, amountMinor),
        fields.oneOf(Screening.class, "screening"),
        fields.has("rejection") ? fields.text("rejection") : null,
        fields.has("reverses") ? fields.id("reverses") : null,
        fields.instant("occurredAt"));
  }

  private static @Nullable List<Leg> legs(EventFields fields, long amountMinor) {
    if (!fields.has("legs")) {
      return null;
    }
    List<Leg> legs = fields.objects("legs", 2, LEGS_MAX).stream().map(EventReader::leg).toList();
    UnreadableEventException.unless(
        legs.stream().mapToLong(Leg::amountMinor).sum() == amountMinor,
        "legs: their sum is not the amount");
    return legs;
  }

  private static Leg leg(EventFields fields) {
    return new Leg(
        fields.id("debitAccountId"),
        fields.id("creditAccountId"),
        fields.number("amountMinor", 1, AMOUNT_MINOR_MAX));
  }
}
