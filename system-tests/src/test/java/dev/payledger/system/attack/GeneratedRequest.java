package dev.payledger.system.attack;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Bodies as a schema of the API's description allows them, and bodies that are a little off.
final class GeneratedRequest {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final long AMOUNT_MAX = (1L << 53) - 1;

  private final RandomGenerator random;
  private final List<String> ids;
  private final UnaryOperator<JsonNode> resolved;

  /// @param ids that a UUID is taken from
  /// @param resolved follows a `$ref`
  GeneratedRequest(RandomGenerator random, List<String> ids, UnaryOperator<JsonNode> resolved) {
    this.random = random;
    this.ids = ids;
    this.resolved = resolved;
  }

  <T> T oneOf(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }

  boolean isOneIn(int n) {
    return random.nextInt(n) == 0;
  }

  /// A value that fits.
  JsonNode fitting(JsonNode schema) {
    JsonNode of = resolved.apply(schema);
    if (of.has("oneOf")) {
      return fitting(of.get("oneOf").get(random.nextInt(of.get("oneOf").size())));
    }
    if (of.has("enum")) {
      return of.get("enum").get(random.nextInt(of.get("enum").size()));
    }
    if (of.has("const")) {
      return of.get("const");
    }
    return switch (of.path("type").asString("")) {
      case "object" -> object(of);
      case "array" -> array(of);
      case "integer" -> JSON.numberNode(integer(of));
      case "boolean" -> JSON.booleanNode(random.nextBoolean());
      default -> JSON.stringNode(text(of));
    };
  }

  private ObjectNode object(JsonNode of) {
    ObjectNode object = JSON.objectNode();
    if (of.has("propertyNames")) {
      for (int i = random.nextInt(3); i > 0; i--) {
        object.put("name" + i, "value " + i);
      }
      return object;
    }
    List<String> required = new ArrayList<>();
    of.path("required").forEach(name -> required.add(name.asString()));
    of.path("properties")
        .properties()
        .forEach(
            property -> {
              if (required.contains(property.getKey()) || isOneIn(3)) {
                object.set(property.getKey(), fitting(property.getValue()));
              }
            });
    List<String> notTogether = new ArrayList<>();
    of.at("/not/required").forEach(name -> notTogether.add(name.asString()));
    if (!notTogether.isEmpty() && notTogether.stream().allMatch(object::has)) {
      object.remove(notTogether.getFirst());
    }
    return object;
  }

  private ArrayNode array(JsonNode of) {
    ArrayNode array = JSON.arrayNode();
    int most = Math.min(4, of.path("maxItems").asInt(4));
    int size = random.nextInt(of.path("minItems").asInt(0), most + 1);
    Set<JsonNode> legs = new HashSet<>();
    for (int i = 0; i < size; i++) {
      JsonNode item = fitting(of.get("items"));
      // What no schema says: a leg is named once.
      if (!item.has("leg") || legs.add(item.get("leg"))) {
        array.add(item);
      }
    }
    return array;
  }

  private long integer(JsonNode of) {
    long least = of.path("minimum").asLong(0);
    // Small mostly: there is not much money.
    long most = Math.min(of.path("maximum").asLong(AMOUNT_MAX), least + 499);
    return isOneIn(20) ? least : random.nextLong(least, most + 1);
  }

  private String text(JsonNode of) {
    if (of.path("format").asString("").equals("uuid")) {
      return oneOf(ids);
    }
    if (of.path("format").asString("").equals("date-time")) {
      // Of the past, and one: the beginning of a time is not after its end.
      return "2026-11-23T10:00:00Z";
    }
    String pattern = of.path("pattern").asString("");
    if (pattern.equals("^[A-Z]{3}$")) {
      return isOneIn(10) ? "USD" : "EUR";
    }
    if (pattern.equals("^[ -~]+$")) {
      return "key-" + random.nextInt(1_000);
    }
    if (pattern.equals("^[a-z0-9-]{1,40}$")) {
      return oneOf(List.of("alice", "bob"));
    }
    return oneOf(List.of("x", "rent", "Miete für November", "\ud83d\ude00", "'; --"));
  }

  /// The body with one thing changed, somewhere; it may still fit.
  JsonNode changed(JsonNode body) {
    if (!(body instanceof ObjectNode object)) {
      return wrong();
    }
    ObjectNode copy = object.deepCopy();
    List<String> names = new ArrayList<>(copy.propertyNames());
    if (names.isEmpty() || isOneIn(4)) {
      copy.set(oneOf(List.of("balance", "status", "id", "x", "amountminor", "Currency")), wrong());
      return copy;
    }
    String name = oneOf(names);
    JsonNode value = copy.get(name);
    switch (random.nextInt(4)) {
      case 0 -> copy.remove(name);
      case 1 -> copy.set(name, value.isObject() ? changed(value) : wrong());
      case 2 -> copy.set(name, wrong());
      default -> {
        if (value instanceof ArrayNode items && !items.isEmpty()) {
          items.set(0, changed(items.get(0)));
        } else {
          copy.set(name, wrong());
        }
      }
    }
    return copy;
  }

  private JsonNode wrong() {
    return switch (random.nextInt(11)) {
      case 0 -> JSON.nullNode();
      case 1 -> JSON.booleanNode(true);
      case 2 -> JSON.numberNode(0);
      case 3 -> JSON.numberNode(-1);
      case 4 -> JSON.numberNode(AMOUNT_MAX + 1);
      case 5 -> JSON.numberNode(1.5);
      case 6 -> JSON.stringNode("");
      case 7 -> JSON.stringNode("x".repeat(1 + random.nextInt(300)));
      case 8 -> JSON.stringNode("a\u0000b");
      case 9 -> JSON.arrayNode().add(JSON.objectNode());
      default -> JSON.objectNode().put("a", 1);
    };
  }
}
