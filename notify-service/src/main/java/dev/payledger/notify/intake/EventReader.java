package dev.payledger.notify.intake;

import dev.payledger.contracts.AccountChangedEvent;
import dev.payledger.contracts.AccountEntryEvent;
import dev.payledger.contracts.AccountEntryEvent.Side;
import dev.payledger.contracts.AccountEvent;
import dev.payledger.contracts.EventHeaders;
import dev.payledger.contracts.Topics;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Iterator;
import java.util.UUID;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.deser.std.StdDeserializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.type.LogicalType;

/// Reads a record by its topic's contract: every required field with its very type and range, or the
/// record is unreadable. A missing amount is never a default. Fields that are not known are ignored:
/// they are a newer schema's.
@Component
final class EventReader {
  private static final long AMOUNT_MINOR_MAX = (1L << 53) - 1;
  private static final Instant EARLIEST = Instant.EPOCH;
  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .enable(
              DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
              DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES,
              DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
              DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(
              DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
              DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .withCoercionConfig(
              LogicalType.Textual,
              text ->
                  text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
          .addModule(
              new SimpleModule()
                  .addDeserializer(UUID.class, new FromText<>(UUID.class, EventReader::exactUuid))
                  .addDeserializer(Side.class, new FromText<>(Side.class, Side::valueOf))
                  .addDeserializer(Instant.class, new FromText<>(Instant.class, Instant::parse)))
          .build();

  Heard read(ConsumerRecord<byte[], byte[]> record) {
    try {
      UUID eventId = exactUuid(header(record, EventHeaders.ID));
      String type = header(record, EventHeaders.TYPE);
      return switch (record.topic()) {
        case Topics.ACCOUNT ->
            AccountChangedEvent.TYPES.contains(type)
                ? new Heard.NotForTheFeed()
                : accountOpened(eventId, type, record);
        case Topics.ACCOUNT_ENTRY -> entryPosted(eventId, type, record);
        default -> throw new IllegalArgumentException("no contract for topic " + record.topic());
      };
    } catch (JacksonException e) {
      return new Heard.Unreadable("value: " + e.getOriginalMessage());
    } catch (IllegalArgumentException e) {
      return new Heard.Unreadable(String.valueOf(e.getMessage()));
    }
  }

  private static Heard accountOpened(
      UUID eventId, String type, ConsumerRecord<byte[], byte[]> record) {
    AccountEvent event = value(record, AccountEvent.class);
    require(type.equals("AccountOpened"), "type: not of this topic: " + type);
    requireKey(record, event.accountId());
    require(!event.owner().isEmpty(), "owner: empty");
    // PostgreSQL text cannot hold it, so it could never be stored.
    require(event.owner().indexOf('\0') < 0, "owner: contains U+0000");
    require(event.name().indexOf('\0') < 0, "name: contains U+0000");
    requireCurrency(event.currency());
    return new Heard.AccountOpened(
        eventId,
        new AccountEvent(
            event.accountId(),
            event.owner(),
            event.name(),
            event.currency(),
            stored("occurredAt", event.occurredAt())));
  }

  private static Heard entryPosted(
      UUID eventId, String type, ConsumerRecord<byte[], byte[]> record) {
    AccountEntryEvent event = value(record, AccountEntryEvent.class);
    String expected =
        switch (event.side()) {
          case DEBIT -> "AccountDebited";
          case CREDIT -> "AccountCredited";
        };
    require(type.equals(expected), "type: not that of a " + event.side() + ": " + type);
    requireKey(record, event.accountId());
    require(event.sequence() >= 1, "sequence: below 1");
    require(
        event.amountMinor() >= 1 && event.amountMinor() <= AMOUNT_MINOR_MAX,
        "amountMinor: not 1 to 2^53-1");
    requireCurrency(event.currency());
    return new Heard.EntryPosted(
        eventId,
        new AccountEntryEvent(
            event.accountId(),
            event.sequence(),
            event.entryId(),
            event.transferId(),
            event.side(),
            event.amountMinor(),
            event.currency(),
            event.balanceAfterMinor(),
            stored("postedAt", event.postedAt())));
  }

  private static <E> E value(ConsumerRecord<byte[], byte[]> record, Class<E> type) {
    byte @Nullable [] value = record.value();
    if (value == null) {
      throw new IllegalArgumentException("value: none");
    }
    E event = JSON.readValue(value, type);
    if (event == null) {
      throw new IllegalArgumentException("value: null");
    }
    return event;
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    Iterator<Header> headers = record.headers().headers(name).iterator();
    require(headers.hasNext(), "header " + name + ": none");
    String value = text("header " + name, headers.next().value());
    require(!headers.hasNext(), "header " + name + ": more than one");
    return value;
  }

  /// Order is promised per key only, so an event under another key is out of order.
  private static void requireKey(ConsumerRecord<byte[], byte[]> record, UUID accountId) {
    require(
        text("key", record.key()).equalsIgnoreCase(accountId.toString()),
        "key: not the account's id");
  }

  private static void requireCurrency(String currency) {
    require(currency.matches("[A-Z]{3}"), "currency: not three capital letters");
  }

  /// The instant as the database keeps it, so that a redelivered event equals its stored self.
  private static Instant stored(String field, Instant instant) {
    require(!instant.isBefore(EARLIEST) && !instant.isAfter(LATEST), field + ": not 1970 to 9999");
    return instant.truncatedTo(ChronoUnit.MICROS);
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

  /// `UUID.fromString` also takes `1-1-1-1-1`, by which one id would have many spellings.
  private static UUID exactUuid(String text) {
    UUID id = UUID.fromString(text);
    require(id.toString().equalsIgnoreCase(text), "not a UUID in its 36 characters");
    return id;
  }

  private static void require(boolean holds, String why) {
    if (!holds) {
      throw new IllegalArgumentException(why);
    }
  }

  /// Takes a JSON string and nothing else: Jackson's own readers also take ordinals for enums,
  /// seconds for instants and base64 for ids.
  private static final class FromText<T> extends StdDeserializer<T> {
    private final Class<T> type;
    private final transient Function<String, T> parse;

    FromText(Class<T> type, Function<String, T> parse) {
      super(type);
      this.type = type;
      this.parse = parse;
    }

    @Override
    public @Nullable T deserialize(JsonParser parser, DeserializationContext context)
        throws JacksonException {
      if (parser.currentToken() != JsonToken.VALUE_STRING) {
        return context.reportInputMismatch(type, "not a string");
      }
      try {
        return parse.apply(parser.getString());
      } catch (IllegalArgumentException | DateTimeException e) {
        return context.reportInputMismatch(type, "not a " + type.getSimpleName());
      }
    }
  }
}
