package dev.payledger.gateway.routes;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.payledger.gateway.problem.GatewayErrorCode;
import dev.payledger.gateway.routes.Route.Command;
import dev.payledger.gateway.routes.Route.KeyPolicy;
import dev.payledger.gateway.schema.ValidationResult;
import dev.payledger.kit.problem.CommonErrorCode;
import dev.payledger.kit.problem.ErrorCode;
import dev.payledger.testkit.OpenApi;
import dev.payledger.testkit.OpenApi.Operation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.core.io.ClassPathResource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `openapi.yaml` describes what the gateway serves: the same routes with the same scopes and keys,
/// the same bodies, and no loose ends.
class OpenApiTest {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String YAML = text("openapi.yaml");
  private static final OpenApi API = OpenApi.of(YAML);

  private static final String ALICE = "a11ce000-0000-7000-8000-000000000978";
  private static final String BOB = "b0b00000-0000-7000-8000-000000000978";

  @Test
  void itsOperationsAreTheRoutesOfTheTableWithTheirScopesAndKeys() {
    assertThat(described(API)).isEqualTo(served());
  }

  @ParameterizedTest
  @MethodSource("plantedDrifts")
  void aDriftFromTheTableIsSeen(String line, String instead) {
    assertThat(described(OpenApi.of(planted(line, instead)))).isNotEqualTo(served());
  }

  static Stream<Arguments> plantedDrifts() {
    return Stream.of(
        Arguments.of("  /v1/transfers/{id}/void:", "  /v1/transfers/{id}/cancel:"),
        Arguments.of(
            "operationId: voidTransfer",
            "operationId: voidTransfer\n    put:\n      operationId: x"),
        Arguments.of("{oauth2: [\"ledger:operate\"]}", "{oauth2: [\"accounts:read\"]}"),
        Arguments.of("{oauth2: [\"ledger:operate\"]}", ""),
        Arguments.of("parameters/IdempotencyKeyRequired", "parameters/IdempotencyKeyHonoured"),
        Arguments.of("parameters/IdempotencyKeyHonoured", "parameters/WaitMs"),
        Arguments.of("parameters/AccountIdQuery", "parameters/Cursor"));
  }

  @Test
  void theKeyLookUpKnowsEveryOperation() {
    Set<String> named = new TreeSet<>();
    API.resolved(JSON.readTree("{\"$ref\":\"#/components/parameters/Operation\"}"))
        .at("/schema/enum")
        .forEach(name -> named.add(name.stringValue()));
    Set<String> operations = new TreeSet<>();
    commands()
        .map(route -> (Command) route.target())
        .filter(command -> command.keyPolicy() != KeyPolicy.NONE)
        .forEach(command -> operations.add(command.operation()));
    assertThat(named).isEqualTo(operations);
  }

  @ParameterizedTest
  @MethodSource("bodies")
  void aBodyFitsItsSchemaWhenItFitsItsShape(String path, String body, boolean fits) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    assertThat(command(path).schema().check(bytes) instanceof ValidationResult.Valid)
        .as("shape of %s: %s", path, body)
        .isEqualTo(fits);
    assertThat(API.faults(bodySchema(path), JSON.readTree(body)).isEmpty())
        .as("schema of %s: %s", path, body)
        .isEqualTo(fits);
  }

  static Stream<Arguments> bodies() {
    List<Arguments> bodies = new ArrayList<>();
    String plain = "'debitAccountId':'ALICE','creditAccountId':'BOB','amountMinor':1";
    String leg = "{" + plain + "}";
    List<String> fits =
        List.of(
            plain,
            plain.replace(":1", ":9007199254740991"),
            plain + ",'capture':'AUTOMATIC'",
            plain + ",'capture':'MANUAL'",
            plain + ",'reference':'','metadata':{}",
            plain + ",'reference':'" + "\uD83D\uDE00".repeat(140) + "'",
            plain + ",'metadata':{'" + "n".repeat(40) + "':'" + "v".repeat(200) + "'}",
            "'legs':[" + leg + "]",
            "'legs':[" + (leg + ",").repeat(49) + leg + "],'capture':'AUTOMATIC'",
            "'legs':[" + leg + "],'reference':'x','metadata':{'a':'b'}");
    List<String> refused =
        List.of(
            "'reference':'x'",
            plain.replace("'amountMinor':1", "'reference':'x'"),
            plain.replace(":1", ":0"),
            plain.replace(":1", ":-1"),
            plain.replace(":1", ":1.5"),
            plain.replace(":1", ":'1'"),
            plain.replace(":1", ":null"),
            plain.replace(":1", ":9007199254740992"),
            plain.replace("ALICE", "alice"),
            plain.replace("ALICE", "ALICE0"),
            plain.replace("'ALICE'", "null"),
            plain + ",'owner':'x'",
            plain + ",'capture':'manual'",
            plain + ",'capture':null",
            plain + ",'reference':null",
            plain + ",'reference':'" + "x".repeat(141) + "'",
            plain + ",'reference':'a\\nb'",
            plain + ",'reference':'a\\n'",
            plain + ",'reference':'\\u0085'",
            plain + ",'metadata':[]",
            plain + ",'metadata':{'a':1}",
            plain + ",'metadata':{'':'a'}",
            plain + ",'metadata':{'a\\u0000':'a'}",
            plain + ",'metadata':{'a':'\\u007f'}",
            plain + ",'metadata':{'" + "n".repeat(41) + "':'v'}",
            plain + ",'metadata':{'n':'" + "v".repeat(201) + "'}",
            plain + ",'legs':[" + leg + "]",
            "'amountMinor':1,'legs':[" + leg + "]",
            "'legs':[" + leg + "],'capture':'MANUAL'",
            "'legs':[]",
            "'legs':{}",
            "'legs':[" + (leg + ",").repeat(50) + leg + "]",
            "'legs':[{}]",
            "'legs':[" + leg.replace("}", ",'currency':'EUR'}") + "]",
            "'legs':[" + leg.replace(":1", ":0") + "]");
    String transfers = "/v1/transfers";
    String batches = "/v1/transfer-batches";
    for (String members : fits) {
      String transfer = "{" + members + ",'currency':'EUR'}";
      bodies.add(row(transfers, transfer, true));
      bodies.add(row(transfers + "/dry-run", transfer, true));
      bodies.add(row(batches, "{'items':[" + transfer + "]}", true));
      bodies.add(row(batches + "/dry-run", "{'items':[" + transfer + "]}", true));
    }
    for (String members : refused) {
      String transfer = "{" + members + ",'currency':'EUR'}";
      bodies.add(row(transfers, transfer, false));
      bodies.add(row(transfers + "/dry-run", transfer, false));
      bodies.add(row(batches, "{'items':[" + transfer + "]}", false));
      bodies.add(row(batches + "/dry-run", "{'items':[" + transfer + "]}", false));
    }
    String item = "{" + plain + ",'currency':'EUR'}";
    for (String none : List.of("{" + plain + "}", "{" + plain + ",'currency':'eur'}", "[]", "1")) {
      bodies.add(row(transfers, none, false));
    }
    bodies.add(row(batches, "{'items':[" + (item + ",").repeat(99) + item + "]}", true));
    bodies.add(row(batches, "{'items':[" + (item + ",").repeat(100) + item + "]}", false));
    bodies.add(row(batches, "{'items':[]}", false));
    bodies.add(row(batches, "{}", false));
    bodies.add(row(batches, "{'items':[" + item + "],'currency':'EUR'}", false));
    for (String capture :
        List.of("/v1/transfers/{id}/capture", "/v1/transfers/{id}/capture/dry-run")) {
      add(bodies, capture, true, "{}", "{'amountMinor':1}", "{'final':true}");
      add(bodies, capture, false, "{'amountMinor':0}", "{'final':'true'}", "[]");
    }
    for (String end : List.of("/v1/transfers/{id}/void", "/v1/transfers/{id}/void/dry-run")) {
      add(bodies, end, true, "{}");
      add(bodies, end, false, "{'final':true}", "[]");
    }
    String reversals = "/v1/transfers/{id}/reversals";
    add(bodies, reversals + "/dry-run", true, "{}", "{'amountMinor':1}");
    add(bodies, reversals + "/dry-run", false, "{'amountMinor':0}", "{'legs':[]}");
    add(bodies, reversals, true, "{}", "{'amountMinor':1,'reference':'x','metadata':{}}");
    add(bodies, reversals, false, "{'amountMinor':0}", "{'currency':'EUR'}", "{'legs':[]}");
    add(
        bodies,
        "/v1/accounts",
        true,
        "{'name':'S','currency':'EUR'}",
        "{'name':' S ','currency':'EUR','owner':'bob-2'}",
        "{'name':'" + "x".repeat(80) + "','currency':'EUR'}");
    add(
        bodies,
        "/v1/accounts",
        false,
        "{'currency':'EUR'}",
        "{'name':'S'}",
        "{'name':'','currency':'EUR'}",
        "{'name':' ','currency':'EUR'}",
        "{'name':'a\\n','currency':'EUR'}",
        "{'name':'" + "x".repeat(81) + "','currency':'EUR'}",
        "{'name':'S','currency':'EUR','owner':'Bob'}",
        "{'name':'S','currency':'EUR','owner':''}",
        "{'name':'S','currency':'EUR','owner':'bob\\n'}",
        "{'name':'S','currency':'EUR','balanceMinor':1}");
    String review = "/v1/operator/held-transfers/{id}/review";
    add(bodies, review, true, "{'decision':'RETRY','reason':'x'}");
    add(bodies, review, true, "{'decision':'REJECT','reason':' a word '}");
    add(bodies, review, false, "{}", "{'decision':'APPROVE'}", "{'reason':'x'}");
    add(bodies, review, false, "{'decision':'MAYBE','reason':'x'}");
    add(bodies, review, false, "{'decision':'APPROVE','reason':''}");
    add(bodies, review, false, "{'decision':'APPROVE','reason':' '}");
    add(bodies, review, false, "{'decision':'APPROVE','reason':'x','more':1}");
    add(bodies, "/v1/operator/parked-transfers/{id}/release", true, "{}");
    add(bodies, "/v1/operator/parked-transfers/{id}/release", false, "{'reason':'x'}", "[]");
    add(bodies, "/v1/accounts/{id}/freeze", true, "{}", "{'side':'DEBITS'}", "{'side':'BOTH'}");
    add(bodies, "/v1/accounts/{id}/freeze", true, "{'reason':'x'}");
    add(bodies, "/v1/accounts/{id}/freeze", false, "{'reason':''}", "{'side':'NONE'}");
    add(bodies, "/v1/accounts/{id}/freeze", false, "{'side':'debits'}", "{'sides':'BOTH'}");
    for (String path : List.of("unfreeze", "close", "reopen")) {
      add(bodies, "/v1/accounts/{id}/" + path, true, "{}", "{'reason':'a word'}");
      add(bodies, "/v1/accounts/{id}/" + path, false, "{'side':'BOTH'}", "{'reason':' '}");
    }
    String overdraft = "/v1/accounts/{id}/overdraft";
    add(bodies, overdraft, true, "{'limitMinor':0,'reason':'x'}");
    add(bodies, overdraft, true, "{'limitMinor':0}", "{'limitMinor':9007199254740991}");
    add(bodies, overdraft, false, "{}", "{'limitMinor':-1}", "{'limitMinor':null}");
    return bodies.stream();
  }

  @Test
  void everyCommandHasBodiesThatFitAndSomeThatDoNot() {
    for (boolean fits : new boolean[] {true, false}) {
      assertThat(
              bodies().filter(row -> row.get()[2].equals(fits)).map(row -> row.get()[0]).distinct())
          .containsExactlyInAnyOrderElementsOf(commands().map(Route::path).toList());
    }
  }

  /// JSON Schema knows neither sums nor how a number is spelled; the descriptions say it.
  @Test
  void theShapeRefusesTwoThingsThatASchemaCannotSay() {
    String leg =
        "{'debitAccountId':'ALICE','creditAccountId':'BOB','amountMinor':9007199254740991}";
    for (String body :
        List.of(
            "{'legs':[" + leg + "," + leg + "],'currency':'EUR'}",
            "{" + leg.substring(1, leg.lastIndexOf(':')) + ":1.0,'currency':'EUR'}",
            "{" + leg.substring(1, leg.lastIndexOf(':')) + ":1e2,'currency':'EUR'}")) {
      Object[] row = row("/v1/transfers", body, false).get();
      String json = (String) row[1];
      assertThat(command("/v1/transfers").schema().check(json.getBytes(StandardCharsets.UTF_8)))
          .isInstanceOf(ValidationResult.Invalid.class);
      assertThat(API.faults(bodySchema("/v1/transfers"), JSON.readTree(json))).isEmpty();
    }
  }

  @Test
  void anAnswerHasWhatIsDescribedAndNothingElse() {
    JsonNode schema = JSON.readTree("{\"$ref\":\"#/components/schemas/PastBalance\"}");
    String fits =
        inFull(
            "{'accountId':'ALICE','currency':'EUR','asOf':'2026-01-01T00:00:00Z','balanceMinor':-5,'sequence':0}");
    assertThat(API.faults(schema, JSON.readTree(fits))).isEmpty();
    for (String other :
        List.of(
            fits.replace("sequence", "number"),
            fits.replace("{", "{\"more\":1,"),
            fits.replace("-5", "-5.5"),
            fits.replace("T00:00:00Z", ""))) {
      assertThat(API.faults(schema, JSON.readTree(other))).as(other).isNotEmpty();
    }
  }

  @Test
  void aBodyIsRequiredWhereItMayNotBeAbsent() {
    commands()
        .forEach(
            route ->
                assertThat(operation(route).node().at("/requestBody/required").booleanValue())
                    .as(route.path())
                    .isEqualTo(!((Command) route.target()).schema().mayBeAbsent()));
  }

  @Test
  void itIsOpenApi31() {
    assertThat(
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(text("openapi-3.1/schema.json"))
                .validate(OpenApi.tree(YAML).toString(), InputFormat.JSON))
        .isEmpty();
    assertThat(
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(text("openapi-3.1/schema.json"))
                .validate(
                    OpenApi.tree(planted("      responses:\n", "      answers:\n")).toString(),
                    InputFormat.JSON))
        .isNotEmpty();
  }

  @Test
  void itHasNoLooseEnds() {
    assertThat(looseEnds(YAML)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("plantedLooseEnds")
  void aLooseEndIsSeen(String line, String instead) {
    assertThat(looseEnds(planted(line, instead))).isNotEmpty();
  }

  static Stream<Arguments> plantedLooseEnds() {
    return Stream.of(
        Arguments.of("schemas/Leg\"", "schemas/Legs\""),
        Arguments.of("operationId: getTransfer", "operationId: createTransfer"),
        Arguments.of("      summary: One account.\n", ""),
        Arguments.of("    parameters: [{$ref: \"#/components/parameters/AccountId\"}]\n", ""),
        Arguments.of("        \"409\": {$ref: \"#/components/responses/RequestInFlight\"}\n", ""),
        Arguments.of("        \"401\": {$ref: \"#/components/responses/Unauthenticated\"}\n", ""),
        Arguments.of("const: 404}", "const: 403}"),
        Arguments.of("enum: [not-found]", "enum: [nothing-there]"),
        Arguments.of("value: {limitMinor: 50000}", "value: {limitMinor: -1}"),
        Arguments.of("application/problem+json", "application/json"),
        Arguments.of(
            "      description: One of the caller's accounts,", "      x-said: One of them,"),
        Arguments.of("{type: string, enum: [DEBIT, CREDIT]}", "{enum: [DEBIT, CREDIT]}"),
        Arguments.of("type: integer, format: int64, minimum: 1", "type: integer, minimum: 1"),
        Arguments.of("{type: boolean, const: true}", "{const: true}"),
        Arguments.of(
            "      dependentRequired: {", "      oneOf: [{required: [legs]}]\n      x-was: {"),
        Arguments.of("      tags: [operator]", "      tags: [operators]"),
        Arguments.of("    Next:", "    Unused: {type: string}\n    Next:"));
  }

  @Test
  void everyProblemOfTheGatewayIsNamed() {
    Set<String> named = new HashSet<>();
    OpenApi.tree(YAML)
        .at("/components/schemas/ProblemCode/enum")
        .forEach(code -> named.add(code.stringValue()));
    assertThat(named)
        .containsAll(Arrays.stream(GatewayErrorCode.values()).map(ErrorCode::code).toList())
        .containsAll(
            // The gateway does not look at `Accept`.
            EnumSet.complementOf(EnumSet.of(CommonErrorCode.NOT_ACCEPTABLE)).stream()
                .map(ErrorCode::code)
                .toList());
  }

  /// What a reader, or a generator of clients, would stumble over.
  private static List<String> looseEnds(String yaml) {
    List<String> ends = new ArrayList<>();
    JsonNode tree = OpenApi.tree(yaml);
    Set<String> refs = new TreeSet<>();
    collectRefs(tree, refs);
    refs.stream().filter(ref -> tree.at(ref.substring(1)).isMissingNode()).forEach(ends::add);
    if (!ends.isEmpty()) {
      return ends;
    }
    collectUntyped(tree, "", ends);
    for (Map.Entry<String, JsonNode> kind : tree.get("components").properties()) {
      for (String name : kind.getValue().propertyNames()) {
        String ref = "#/components/" + kind.getKey() + "/" + name;
        if (!kind.getKey().equals("securitySchemes") && !refs.contains(ref)) {
          ends.add("nobody needs " + ref);
        }
      }
    }
    for (String kind : List.of("parameters", "headers", "responses")) {
      for (Map.Entry<String, JsonNode> each : tree.at("/components/" + kind).properties()) {
        if (each.getValue().path("description").asString("").isBlank()) {
          ends.add(each.getKey() + ": no description");
        }
      }
    }
    Set<String> tags = new HashSet<>();
    tree.path("tags").forEach(tag -> tags.add(tag.path("name").asString("")));
    OpenApi api = OpenApi.of(yaml);
    Set<String> ids = new HashSet<>();
    for (Operation operation : api.operations()) {
      JsonNode node = operation.node();
      if (!ids.add(node.path("operationId").asString(""))) {
        ends.add(operation + ": its operationId is missing or taken");
      }
      if (node.path("tags").size() != 1 || !tags.contains(node.at("/tags/0").asString(""))) {
        ends.add(operation + ": not in one group that is named");
      }
      if (node.path("summary").asString("").isBlank()) {
        ends.add(operation + ": no summary");
      }
      boolean hasId =
          api.parameters(operation).stream().anyMatch(it -> it.get("in").asString().equals("path"));
      if (hasId != operation.path().contains("{id}")) {
        ends.add(operation + ": {id} is not described");
      }
      Set<String> statuses = new TreeSet<>(node.path("responses").propertyNames());
      List<String> due = new ArrayList<>(List.of("429", "500"));
      if (scope(node) != null) {
        due.addAll(List.of("400", "401", "403", "503"));
      }
      if (operation.method().equals("POST") && scope(node) != null) {
        due.addAll(List.of("413", "415"));
        // Of a batch that is only tried each item has its own.
        if (!operation.path().equals("/v1/transfer-batches/dry-run")) {
          due.add("422");
        }
        if (node.path("parameters").toString().contains("IdempotencyKey")) {
          due.add("409");
        }
      }
      if (hasId) {
        due.add("404");
      }
      due.stream()
          .filter(status -> !statuses.contains(status))
          .forEach(status -> ends.add(operation + ": no " + status));
      for (String status : statuses) {
        answerEnds(api, operation, Integer.parseInt(status), ends);
      }
      exampleEnds(api, operation, node.path("requestBody").path("content"), ends);
    }
    return ends;
  }

  private static void answerEnds(OpenApi api, Operation operation, int status, List<String> ends) {
    JsonNode content = Objects.requireNonNull(api.content(operation, status));
    boolean isOAuth = operation.path().equals("/oauth2/token") && status < 429;
    if (status >= 400 && !isOAuth) {
      JsonNode schema = content.path("application/problem+json").path("schema");
      JsonNode said = schema.path("allOf").path(1).path("properties");
      if (said.path("status").path("const").asInt(0) != status) {
        ends.add(operation + ": " + status + " is not a problem of that status");
      }
      for (JsonNode code : said.path("code").path("enum")) {
        if (!api.faults(JSON.readTree("{\"$ref\":\"#/components/schemas/ProblemCode\"}"), code)
            .isEmpty()) {
          ends.add(operation + ": " + code + " is no problem code");
        }
      }
    }
    exampleEnds(api, operation, content, ends);
  }

  private static void exampleEnds(
      OpenApi api, Operation operation, JsonNode content, List<String> ends) {
    for (JsonNode media : content) {
      List<JsonNode> examples = new ArrayList<>();
      media.path("examples").forEach(example -> examples.add(example.get("value")));
      if (media.has("example")) {
        examples.add(media.get("example"));
      }
      for (JsonNode example : examples) {
        if (!api.faults(media.get("schema"), example).isEmpty()) {
          ends.add(operation + ": the example " + example + " does not fit");
        }
      }
    }
  }

  /// Generators make nothing of a value whose type they must guess, an empty class of alternatives that
  /// are no schemas with a name, and 32 bits of an integer.
  private static void collectUntyped(JsonNode node, String at, List<String> ends) {
    if (node.isObject() && !at.endsWith("/properties") && !at.contains("/examples/")) {
      if ((node.has("enum") || node.has("const")) && !node.has("type")) {
        ends.add(at + ": an enum or a const without a type");
      }
      if (node.path("type").asString("").equals("integer")
          && !node.has("enum")
          && !node.has("const")
          && node.path("maximum").asLong(Long.MAX_VALUE) > Integer.MAX_VALUE
          && !node.path("format").asString("").equals("int64")) {
        ends.add(at + ": an integer that outgrows 32 bits without its format");
      }
      for (JsonNode alternative : node.path("oneOf")) {
        if (!alternative.has("$ref")) {
          ends.add(at + ": an alternative without a name");
        }
      }
    }
    node.properties()
        .forEach(each -> collectUntyped(each.getValue(), at + "/" + each.getKey(), ends));
    int i = 0;
    for (JsonNode each : node.isArray() ? node : List.<JsonNode>of()) {
      collectUntyped(each, at + "/" + i++, ends);
    }
  }

  private static void collectRefs(JsonNode node, Set<String> refs) {
    if (node.path("$ref").isString()) {
      refs.add(node.get("$ref").stringValue());
    }
    node.forEach(child -> collectRefs(child, refs));
  }

  private static Set<String> served() {
    Set<String> served = new TreeSet<>();
    for (Route route : Routes.TABLE) {
      KeyPolicy policy =
          route.target() instanceof Command command && command.keyPolicy() != KeyPolicy.NONE
              ? command.keyPolicy()
              : null;
      served.add(line(route.method(), route.path(), route.scope(), policy, route.parameters()));
    }
    return served;
  }

  private static Set<String> described(OpenApi api) {
    Set<String> described = new TreeSet<>();
    for (Operation operation : api.operations()) {
      KeyPolicy policy =
          api.parameters(operation).stream()
              .filter(it -> it.get("name").asString().equals("Idempotency-Key"))
              .map(it -> it.get("required").asBoolean() ? KeyPolicy.REQUIRED : KeyPolicy.HONOURED)
              .findFirst()
              .orElse(null);
      Set<String> parameters =
          api.parameters(operation).stream()
              .filter(it -> it.get("in").asString().equals("query"))
              .map(it -> it.get("name").asString())
              .collect(Collectors.toSet());
      described.add(
          line(operation.method(), operation.path(), scope(operation.node()), policy, parameters));
    }
    return described;
  }

  private static String line(
      String method, String path, String scope, KeyPolicy policy, Set<String> parameters) {
    return "%s %s scope=%s key=%s query=%s"
        .formatted(method, path, scope, policy, new TreeSet<>(parameters));
  }

  private static String scope(JsonNode operation) {
    JsonNode scopes = operation.path("security").path(0).path("oauth2");
    return scopes.size() == 1 ? scopes.get(0).stringValue() : null;
  }

  private static Stream<Route> commands() {
    return Routes.TABLE.stream().filter(route -> route.target() instanceof Command);
  }

  private static Command command(String path) {
    return commands()
        .filter(route -> route.path().equals(path))
        .map(route -> (Command) route.target())
        .findFirst()
        .orElseThrow();
  }

  private static Operation operation(Route route) {
    return API.operation(route.method(), route.path()).orElseThrow();
  }

  private static JsonNode bodySchema(String path) {
    return API.operation("POST", path)
        .orElseThrow()
        .node()
        .at("/requestBody/content/application~1json/schema");
  }

  private static void add(List<Arguments> bodies, String path, boolean fits, String... some) {
    Arrays.stream(some).map(body -> row(path, body, fits)).forEach(bodies::add);
  }

  private static Arguments row(String path, String body, boolean fits) {
    return Arguments.of(path, inFull(body), fits);
  }

  private static String inFull(String body) {
    return body.replace("ALICE", ALICE).replace("BOB", BOB).replace('\'', '"');
  }

  /// The document with one line changed, and everything that is the same elsewhere.
  private static String planted(String line, String instead) {
    assertThat(YAML).contains(line);
    return YAML.replace(line, instead);
  }

  private static String text(String resource) {
    try {
      return new ClassPathResource(resource).getContentAsString(StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
