package dev.payledger.fraud.intake;

import dev.payledger.contracts.TransferEvent;
import dev.payledger.contracts.TransferEvent.Leg;
import dev.payledger.contracts.TransferEvent.Screening;
import dev.payledger.contracts.TransferEvent.Status;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads a record of `ledger.transfer.v1` by its contract: each required field with its very type and
/// range, or the record is unreadable. Fields that are not known are ignored: they are a newer
/// schema's. Field by field, because the contract also has fields that older events lack.
@Component
final class EventReader {
  private static final long AMOUNT_MINOR_MAX = (1L << 53) - 1;
  private static final int LEGS_MAX = 50;
  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  Heard read(ConsumerRecord<byte[], byte[]> record) {
    try {
      TransferEvent event = event(JSON.readTree(text("value", record.value())));
      // Order is promised per key only, so an event under another key is not the ledger's.
      require(
          text("key", record.key()).equalsIgnoreCase(event.transferId().toString()),
          "key: not the transfer's id");
      return event.status() == Status.POSTED || event.capturedMinor() > 0
          ? new Heard.Moved(event)
          : new Heard.NothingMoved();
    } catch (JacksonException e) {
      return new Heard.Unreadable("value: " + e.getOriginalMessage());
    } catch (IllegalArgumentException e) {
      return new Heard.Unreadable(String.valueOf(e.getMessage()));
    }
  }

  private static TransferEvent event(JsonNode json) {
    require(json.isObject(), "value: not an object");
    long amountMinor = number(json, "amountMinor", 1, AMOUNT_MINOR_MAX);
    String currency = string(json, "currency");
    require(currency.matches("[A-Z]{3}"), "currency: not three capital letters");
    JsonNode legs = present(json, "legs");
    return new TransferEvent(
        id(json, "transferId"),
        number(json, "sequence", 1, Long.MAX_VALUE),
        oneOf(Status.class, json, "status"),
        id(json, "debitAccountId"),
        id(json, "creditAccountId"),
        amountMinor,
        // Events from before there were captures do not have it.
        present(json, "capturedMinor") == null ? 0 : number(json, "capturedMinor", 0, amountMinor),
        currency,
        legs == null ? null : legs(legs, amountMinor),
        oneOf(Screening.class, json, "screening"),
        present(json, "rejection") == null ? null : string(json, "rejection"),
        present(json, "reverses") == null ? null : id(json, "reverses"),
        instant(json, "occurredAt"));
  }

  private static List<Leg> legs(JsonNode json, long amountMinor) {
    require(json.isArray() && json.size() >= 2 && json.size() <= LEGS_MAX, "legs: not 2 to 50");
    List<Leg> legs = new ArrayList<>();
    long sumMinor = 0;
    for (JsonNode leg : json) {
      require(leg.isObject(), "legs: not objects");
      long legMinor = number(leg, "amountMinor", 1, AMOUNT_MINOR_MAX);
      legs.add(new Leg(id(leg, "debitAccountId"), id(leg, "creditAccountId"), legMinor));
      sumMinor += legMinor;
    }
    require(sumMinor == amountMinor, "legs: their sum is not the amount");
    return legs;
  }

  private static @Nullable JsonNode present(JsonNode json, String field) {
    JsonNode value = json.get(field);
    return value == null || value.isNull() ? null : value;
  }

  private static String string(JsonNode json, String field) {
    JsonNode value = json.get(field);
    if (value == null || !value.isString()) {
      throw new IllegalArgumentException(field + ": not a string");
    }
    return value.stringValue();
  }

  private static long number(JsonNode json, String field, long least, long most) {
    JsonNode value = json.get(field);
    if (value == null || !value.isIntegralNumber() || !value.canConvertToLong()) {
      throw new IllegalArgumentException(field + ": not a whole number");
    }
    long number = value.longValue();
    require(number >= least && number <= most, field + ": not " + least + " to " + most);
    return number;
  }

  /// `UUID.fromString` also takes `1-1-1-1-1`, by which one id would have many spellings.
  private static UUID id(JsonNode json, String field) {
    String text = string(json, field);
    UUID id = UUID.fromString(text);
    require(id.toString().equalsIgnoreCase(text), field + ": not a UUID in its 36 characters");
    return id;
  }

  private static <E extends Enum<E>> E oneOf(Class<E> type, JsonNode json, String field) {
    return Enum.valueOf(type, string(json, field));
  }

  /// The instant as the database keeps it.
  private static Instant instant(JsonNode json, String field) {
    try {
      Instant instant = Instant.parse(string(json, field));
      require(
          !instant.isBefore(Instant.EPOCH) && !instant.isAfter(LATEST),
          field + ": not 1970 to 9999");
      return instant.truncatedTo(ChronoUnit.MICROS);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(field + ": not an instant", e);
    }
  }

  private static String text(String what, byte @Nullable [] bytes) {
    if (bytes == null) {
      throw new IllegalArgumentException(what + ": none");
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(what + ": not UTF-8", e);
    }
  }

  private static void require(boolean holds, String why) {
    if (!holds) {
      throw new IllegalArgumentException(why);
    }
  }
}
