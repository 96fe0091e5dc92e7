package dev.payledger.kit.consumer;

import dev.payledger.kit.json.ExactUuid;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The fields of a JSON object, each read with its exact type and range. A missing field is never a
/// default, and no value is converted: `"1000"`, `1000.0` and `1e3` are not the number 1000. Each
/// method throws `UnreadableEventException`. Fields that no method reads are ignored: they belong to
/// a newer schema.
public final class EventFields {
  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final JsonNode json;

  private EventFields(String what, @Nullable JsonNode json) {
    if (json == null || !json.isObject()) {
      throw new UnreadableEventException(what + ": not an object");
    }
    this.json = json;
  }

  static EventFields parse(String text) {
    try {
      return new EventFields("value", JSON.readTree(text));
    } catch (JacksonException e) {
      throw new UnreadableEventException("value: " + e.getOriginalMessage(), e);
    }
  }

  /// Whether the field is there and not null.
  public boolean has(String field) {
    JsonNode value = json.get(field);
    return value != null && !value.isNull();
  }

  /// Text without U+0000, which PostgreSQL text cannot hold.
  public String text(String field) {
    JsonNode value = json.get(field);
    if (value == null || !value.isString()) {
      throw new UnreadableEventException(field + ": not a string");
    }
    String text = value.stringValue();
    UnreadableEventException.unless(text.indexOf('\0') < 0, field + ": contains U+0000");
    return text;
  }

  /// Text that matches the pattern as a whole.
  public String text(String field, Pattern pattern) {
    String text = text(field);
    UnreadableEventException.unless(
        pattern.matcher(text).matches(), field + ": does not match " + pattern);
    return text;
  }

  /// A whole number from `least` to `most`.
  public long number(String field, long least, long most) {
    JsonNode value = json.get(field);
    if (value == null || !value.isIntegralNumber() || !value.canConvertToLong()) {
      throw new UnreadableEventException(field + ": not a whole number");
    }
    long number = value.longValue();
    UnreadableEventException.unless(
        number >= least && number <= most, field + ": not " + least + " to " + most);
    return number;
  }

  /// `true` or `false`.
  public boolean flag(String field) {
    JsonNode value = json.get(field);
    if (value == null || !value.isBoolean()) {
      throw new UnreadableEventException(field + ": not a boolean");
    }
    return value.booleanValue();
  }

  /// A UUID in its 36 characters.
  public UUID id(String field) {
    return uuid(field, text(field));
  }

  static UUID uuid(String what, String text) {
    try {
      return ExactUuid.of(text);
    } catch (IllegalArgumentException e) {
      throw new UnreadableEventException(what + ": not a UUID in its 36 characters", e);
    }
  }

  /// The constant of that very name.
  public <E extends Enum<E>> E oneOf(Class<E> type, String field) {
    String name = text(field);
    try {
      return Enum.valueOf(type, name);
    } catch (IllegalArgumentException e) {
      throw new UnreadableEventException(field + ": not a " + type.getSimpleName(), e);
    }
  }

  /// An instant from 1970 to 9999 as PostgreSQL stores it, in microseconds, so that a redelivered
  /// event equals its stored self.
  public Instant instant(String field) {
    Instant instant;
    try {
      instant = Instant.parse(text(field));
    } catch (DateTimeException e) {
      throw new UnreadableEventException(field + ": not an instant", e);
    }
    UnreadableEventException.unless(
        !instant.isBefore(Instant.EPOCH) && !instant.isAfter(LATEST), field + ": not 1970 to 9999");
    return instant.truncatedTo(ChronoUnit.MICROS);
  }

  /// An array of objects with `least` to `most` elements.
  public List<EventFields> objects(String field, int least, int most) {
    JsonNode array = json.get(field);
    if (array == null || !array.isArray() || array.size() < least || array.size() > most) {
      throw new UnreadableEventException(field + ": not " + least + " to " + most + " objects");
    }
    List<EventFields> objects = new ArrayList<>(array.size());
    for (JsonNode element : array) {
      objects.add(new EventFields(field, element));
    }
    return objects;
  }
}
