package dev.payledger.notify.intake;

import dev.payledger.contracts.AccountChangedEvent;
import dev.payledger.contracts.AccountEntryEvent;
import dev.payledger.contracts.AccountEntryEvent.Side;
import dev.payledger.contracts.AccountEvent;
import dev.payledger.contracts.EventHeaders;
import dev.payledger.contracts.Topics;
import dev.payledger.kit.consumer.EventFields;
import dev.payledger.kit.consumer.EventRecord;
import dev.payledger.kit.consumer.UnreadableEventException;
import java.util.UUID;
import java.util.regex.Pattern;
import org.springframework.stereotype.Component;

/// Reads a record by its topic's contract.
@Component
final class EventReader {
  private static final long AMOUNT_MINOR_MAX = (1L << 53) - 1;
  private static final Pattern CURRENCY = Pattern.compile("[A-Z]{3}");

  IncomingEvent read(EventRecord record) {
    try {
      UUID eventId = record.headerId(EventHeaders.ID);
      String type = record.header(EventHeaders.TYPE);
      return switch (record.topic()) {
        case Topics.ACCOUNT ->
            AccountChangedEvent.TYPES.contains(type)
                ? new IncomingEvent.NotForTheFeed()
                : accountOpened(eventId, type, record);
        case Topics.ACCOUNT_ENTRY -> entryPosted(eventId, type, record);
        default -> new IncomingEvent.Unreadable("no contract for topic " + record.topic());
      };
    } catch (UnreadableEventException e) {
      return new IncomingEvent.Unreadable(e.reason());
    }
  }

  private static IncomingEvent accountOpened(UUID eventId, String type, EventRecord record) {
    EventFields fields = record.value();
    AccountEvent event =
        new AccountEvent(
            fields.id("accountId"),
            fields.text("owner"),
            fields.text("name"),
            fields.text("currency", CURRENCY),
            fields.instant("occurredAt"));
    requireType("AccountOpened", type);
    record.requireKey(event.accountId());
    UnreadableEventException.unless(!event.owner().isEmpty(), "owner: empty");
    return new IncomingEvent.AccountOpened(eventId, event);
  }

  private static IncomingEvent entryPosted(UUID eventId, String type, EventRecord record) {
    EventFields fields = record.value();
    AccountEntryEvent event =
        new AccountEntryEvent(
            fields.id("accountId"),
            fields.number("sequence", 1, Long.MAX_VALUE),
            fields.id("entryId"),
            fields.id("transferId"),
            fields.oneOf(Side.class, "side"),
            fields.number("amountMinor", 1, AMOUNT_MINOR_MAX),
            fields.text("currency", CURRENCY),
            fields.number("balanceAfterMinor", Long.MIN_VALUE, Long.MAX_VALUE),
            fields.instant("postedAt"));
    requireType(
        switch (event.side()) {
          case DEBIT -> "AccountDebited";
          case CREDIT -> "AccountCredited";
        },
        type);
    record.requireKey(event.accountId());
    return new IncomingEvent.EntryPosted(eventId, event);
  }

  private static void requireType(String expected, String type) {
    UnreadableEventException.unless(
        type.equals(expected), "type: not " + expected + " but " + type);
  }
}
