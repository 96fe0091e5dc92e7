package dev.payledger.testkit;

import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// An OpenAPI 3.1 document: what it serves, and whether a body is what it says.
///
/// A published description lets answers grow; a test that compares must not. Here an object has the
/// properties that the document names and no others.
public final class OpenApi {
  private static final Set<String> METHODS = Set.of("get", "put", "post", "delete", "patch");

  /// One method of one path.
  public record Operation(String method, String path, ObjectNode node) {
    /// Whether a request went here; `{id}` stands for one segment.
    boolean serves(String method, String path) {
      return this.method.equals(method)
          && path.matches(this.path.replace(".", "\\.").replaceAll("\\{\\w+}", "[^/]+"));
    }

    @Override
    public String toString() {
      return method + " " + path;
    }
  }

  private final ObjectNode root;
  private final SchemaRegistry schemas = SchemaRegistry.withDialect(Dialects.getOpenApi31());

  private OpenApi(ObjectNode root) {
    this.root = root;
  }

  public static OpenApi of(String yaml) {
    ObjectNode root = tree(yaml);
    root.at("/components/schemas").forEach(OpenApi::close);
    return new OpenApi(root);
  }

  /// The document as it is written.
  public static ObjectNode tree(String yaml) {
    return (ObjectNode) new YAMLMapper().readTree(yaml);
  }

  public List<Operation> operations() {
    List<Operation> operations = new ArrayList<>();
    for (Map.Entry<String, JsonNode> path : root.get("paths").properties()) {
      for (Map.Entry<String, JsonNode> method : path.getValue().properties()) {
        if (METHODS.contains(method.getKey())) {
          operations.add(
              new Operation(
                  method.getKey().toUpperCase(Locale.ROOT),
                  path.getKey(),
                  (ObjectNode) method.getValue()));
        }
      }
    }
    return operations;
  }

  /// The operation that a request goes to; the path is without its query.
  public Optional<Operation> operation(String method, String path) {
    return operations().stream().filter(operation -> operation.serves(method, path)).findFirst();
  }

  /// What stands behind a `$ref`, or the node itself.
  public JsonNode resolved(JsonNode node) {
    return node.path("$ref").isString()
        ? root.at(node.get("$ref").stringValue().substring(1))
        : node;
  }

  /// A node that stands for another one, by its `$ref`.
  public JsonNode reference(String ref) {
    return root.objectNode().put("$ref", ref);
  }

  /// The parameters of the operation and of its path.
  public List<JsonNode> parameters(Operation operation) {
    List<JsonNode> parameters = new ArrayList<>();
    for (JsonNode holder : List.of(operation.node(), root.get("paths").get(operation.path()))) {
      holder.path("parameters").forEach(parameter -> parameters.add(resolved(parameter)));
    }
    return parameters;
  }

  /// The content that the operation answers with this status, by media type; null when it never
  /// does.
  public @Nullable JsonNode content(Operation operation, int status) {
    JsonNode answer = operation.node().path("responses").path(Integer.toString(status));
    return answer.isMissingNode() ? null : resolved(answer).path("content");
  }

  /// What is wrong with a value, judged by a schema of this document; empty when nothing is.
  public List<String> faults(JsonNode schema, JsonNode value) {
    ObjectNode whole = root.objectNode();
    whole.set("components", root.get("components"));
    whole.putArray("allOf").add(schema);
    return schemas
        .getSchema(whole)
        .validate(
            value,
            context -> context.executionConfig(config -> config.formatAssertionsEnabled(true)))
        .stream()
        .map(Object::toString)
        .toList();
  }

  private static void close(JsonNode schema) {
    if (schema instanceof ObjectNode object
        && object.has("properties")
        && !object.has("additionalProperties")) {
      object.put("additionalProperties", false);
    }
    if (schema instanceof ObjectNode || schema instanceof ArrayNode) {
      schema.forEach(OpenApi::close);
    }
  }
}
