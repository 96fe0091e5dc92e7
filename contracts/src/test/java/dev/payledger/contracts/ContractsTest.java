package dev.payledger.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Schema, record and golden example of every event agree.
class ContractsTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Map<String, Class<?>> RECORDS =
      Map.of(
          Topics.ACCOUNT,
          AccountEvent.class,
          Topics.ACCOUNT + ".changed",
          AccountChangedEvent.class,
          Topics.ACCOUNT_ENTRY,
          AccountEntryEvent.class,
          Topics.TRANSFER,
          TransferEvent.class,
          Topics.BLOCKED_ACCOUNT,
          BlockedAccountEvent.class);

  static Stream<Arguments> schemas() {
    return RECORDS.entrySet().stream().map(e -> Arguments.of(e.getKey(), e.getValue()));
  }

  @Test
  void everyTopicHasARecord() {
    assertThat(RECORDS.keySet()).containsAll(Topics.OF_LEDGER).contains(Topics.BLOCKED_ACCOUNT);
  }

  @ParameterizedTest
  @MethodSource("schemas")
  void goldenExampleSatisfiesItsSchema(String topic, Class<?> type) throws IOException {
    assertThat(schema(topic).validate(golden(topic), InputFormat.JSON)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("schemas")
  void recordReadsAndWritesTheGoldenExample(String topic, Class<?> type) throws IOException {
    Object event = JSON.readValue(golden(topic), type);

    assertThat(JSON.readTree(JSON.writeValueAsString(event)))
        .isEqualTo(JSON.readTree(golden(topic)));
  }

  @ParameterizedTest
  @MethodSource("schemas")
  void eachMissingPropertyIsRefused(String topic, Class<?> type) throws IOException {
    JsonNode schema = JSON.readTree(text("/schemas/" + topic + ".json"));
    for (JsonNode required : schema.get("required")) {
      ObjectNode broken = (ObjectNode) JSON.readTree(golden(topic));
      broken.remove(required.asString());
      assertThat(schema(topic).validate(broken.toString(), InputFormat.JSON))
          .as("%s without %s", topic, required)
          .isNotEmpty();
    }
  }

  @Test
  void anAmountThatIsNotAPositiveIntegerIsRefused() throws IOException {
    for (String amount : new String[] {"0", "-5", "1.5", "\"10\"", "9007199254740992"}) {
      String broken =
          golden(Topics.ACCOUNT_ENTRY)
              .replace("\"amountMinor\": 1000", "\"amountMinor\": " + amount);
      assertThat(broken).isNotEqualTo(golden(Topics.ACCOUNT_ENTRY));
      assertThat(schema(Topics.ACCOUNT_ENTRY).validate(broken, InputFormat.JSON))
          .as("amountMinor %s", amount)
          .isNotEmpty();
    }
  }

  private static Schema schema(String topic) throws IOException {
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
        .getSchema(text("/schemas/" + topic + ".json"));
  }

  private static String golden(String topic) throws IOException {
    return text("/golden/" + topic + ".json");
  }

  private static String text(String resource) throws IOException {
    try (InputStream in = ContractsTest.class.getResourceAsStream(resource)) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
