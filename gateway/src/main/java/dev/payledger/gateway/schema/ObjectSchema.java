package dev.payledger.gateway.schema;

import dev.payledger.kit.problem.Excerpt;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What a JSON object must look like, at any depth: its fields and none beside them, and what holds
/// between them.
final class ObjectSchema implements FieldCheck {
  record Field(String name, boolean isRequired, FieldCheck check) {
    static Field required(String name, FieldCheck check) {
      return new Field(name, true, check);
    }

    static Field optional(String name, FieldCheck check) {
      return new Field(name, false, check);
    }
  }

  /// What holds between fields that are right one by one: null when it does, otherwise the sentence
  /// that says what must.
  @FunctionalInterface
  interface Rule {
    @Nullable String refusal(String place, ObjectNode object);
  }

  private final Map<String, Field> fields;
  private final List<Rule> rules;

  private ObjectSchema(Map<String, Field> fields, List<Rule> rules) {
    this.fields = fields;
    this.rules = rules;
  }

  static ObjectSchema of(Field... fields) {
    return new ObjectSchema(
        Arrays.stream(fields)
            .collect(Collectors.toUnmodifiableMap(Field::name, Function.identity())),
        List.of());
  }

  /// The first rule that does not hold is the answer.
  ObjectSchema where(Rule... rules) {
    return new ObjectSchema(fields, List.of(rules));
  }

  /// The place of a field; the body itself has none.
  static String place(String parent, String name) {
    return parent.isEmpty() ? name : parent + "." + name;
  }

  @Override
  public @Nullable String refusal(String place, JsonNode value) {
    if (!(value instanceof ObjectNode object)) {
      return place.isEmpty()
          ? "The body must be a JSON object."
          : "Field '%s' must be an object.".formatted(place);
    }
    for (Map.Entry<String, JsonNode> property : object.properties()) {
      Field field = fields.get(property.getKey());
      if (field == null) {
        return "Unknown field '%s'.".formatted(place(place, Excerpt.of(property.getKey())));
      }
      String refusal = field.check().refusal(place(place, field.name()), property.getValue());
      if (refusal != null) {
        return refusal;
      }
    }
    return fields.values().stream()
        .filter(field -> field.isRequired() && !object.has(field.name()))
        .map(field -> "Field '%s' is missing.".formatted(place(place, field.name())))
        .sorted()
        .findFirst()
        .orElseGet(() -> broken(place, object));
  }

  private @Nullable String broken(String place, ObjectNode object) {
    for (Rule rule : rules) {
      String refusal = rule.refusal(place, object);
      if (refusal != null) {
        return refusal;
      }
    }
    return null;
  }
}
