package dev.payledger.gateway.shape;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What the body of one operation must look like. A body that fits may still be refused by the
/// service behind for what it means; one that does not fit never gets there and burns no
/// idempotency key.
public final class BodyShape {
  public static final BodyShape TRANSFER =
      new BodyShape(
          Field.required("debitAccountId", FieldCheck.UUID),
          Field.required("creditAccountId", FieldCheck.UUID),
          Field.required("amountMinor", FieldCheck.AMOUNT_MINOR),
          Field.required("currency", FieldCheck.CURRENCY),
          Field.optional("reference", FieldCheck.text(0, 140)),
          Field.optional("metadata", FieldCheck.FLAT_MAP));

  public static final BodyShape REVERSAL =
      new BodyShape(
          Field.optional("amountMinor", FieldCheck.AMOUNT_MINOR),
          Field.optional("reference", FieldCheck.text(0, 140)),
          Field.optional("metadata", FieldCheck.FLAT_MAP));

  public static final BodyShape ACCOUNT =
      new BodyShape(
          Field.required("name", FieldCheck.text(1, 80)),
          Field.required("currency", FieldCheck.CURRENCY),
          Field.optional("owner", FieldCheck.OWNER));

  public static final BodyShape OVERDRAFT =
      new BodyShape(Field.required("limitMinor", FieldCheck.LIMIT_MINOR));

  public static final BodyShape FREEZE = orNone(Field.optional("side", FieldCheck.SIDE));

  /// No body at all, or an empty object.
  public static final BodyShape NONE = orNone();

  private record Field(String name, boolean isRequired, FieldCheck check) {
    static Field required(String name, FieldCheck check) {
      return new Field(name, true, check);
    }

    static Field optional(String name, FieldCheck check) {
      return new Field(name, false, check);
    }
  }

  private final Map<String, Field> fields;

  private final boolean mayBeAbsent;

  private BodyShape(Field... fields) {
    this(false, fields);
  }

  private static BodyShape orNone(Field... fields) {
    return new BodyShape(true, fields);
  }

  private BodyShape(boolean mayBeAbsent, Field... fields) {
    this.mayBeAbsent = mayBeAbsent;
    this.fields =
        Arrays.stream(fields)
            .collect(Collectors.toUnmodifiableMap(Field::name, Function.identity()));
  }

  /// Checks the bytes as they came.
  public ShapeOutcome check(byte[] body) {
    if (mayBeAbsent && body.length == 0) {
      return new ShapeOutcome.Fits("");
    }
    return switch (StrictJson.read(body)) {
      case StrictJson.Unreadable(String detail) -> new ShapeOutcome.Refused(detail);
      case StrictJson.Read(JsonNode root) -> check(root);
    };
  }

  private ShapeOutcome check(JsonNode root) {
    if (!(root instanceof ObjectNode object)) {
      return new ShapeOutcome.Refused("The body must be a JSON object.");
    }
    String refusal = refusal(object);
    return refusal == null
        ? new ShapeOutcome.Fits(StrictJson.canonical(object))
        : new ShapeOutcome.Refused(refusal);
  }

  private @Nullable String refusal(ObjectNode object) {
    for (Map.Entry<String, JsonNode> property : object.properties()) {
      Field field = fields.get(property.getKey());
      if (field == null) {
        return "Unknown field '" + StrictJson.excerpt(property.getKey()) + "'.";
      }
      String expected = field.check().expectedInsteadOf(property.getValue());
      if (expected != null) {
        return "Field '" + field.name() + "' must be " + expected + ".";
      }
    }
    return fields.values().stream()
        .filter(field -> field.isRequired() && !object.has(field.name()))
        .map(field -> "Field '" + field.name() + "' is missing.")
        .sorted()
        .findFirst()
        .orElse(null);
  }
}
