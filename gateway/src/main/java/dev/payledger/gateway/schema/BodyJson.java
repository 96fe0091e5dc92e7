package dev.payledger.gateway.schema;

import dev.payledger.kit.problem.Excerpt;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;

/// JSON read to the letter (RFC 8259, UTF-8 only): no duplicate names, nothing behind the document,
/// bounded depth and lengths.
final class BodyJson {
  sealed interface Outcome {}

  record Read(JsonNode root) implements Outcome {}

  record Unreadable(String detail) implements Outcome {}

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(8)
                          .maxNumberLength(40)
                          .maxNameLength(1_000)
                          .maxStringLength(20_000)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .enable(JsonNodeFeature.WRITE_PROPERTIES_SORTED)
          .build();

  private static final Pattern DUPLICATE = Pattern.compile("^Duplicate .*\"(.*)\"");

  private BodyJson() {}

  static Outcome read(byte[] body) {
    String text;
    try {
      // Decoded here because the parser would guess: UTF-16, UTF-32 and byte order marks pass it.
      text =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT)
              .decode(ByteBuffer.wrap(body))
              .toString();
    } catch (CharacterCodingException e) {
      return new Unreadable("The body is not UTF-8.");
    }
    try {
      JsonNode root = MAPPER.readTree(text);
      return root.isMissingNode() ? new Unreadable("The body is empty.") : new Read(root);
    } catch (JacksonException e) {
      return new Unreadable(reason(e));
    }
  }

  static String canonical(JsonNode root) {
    return MAPPER.writeValueAsString(root);
  }

  /// Says it in our own words: the library's would show what we are made of.
  private static String reason(JacksonException e) {
    String message = e.getOriginalMessage() == null ? "" : e.getOriginalMessage();
    Matcher duplicate = DUPLICATE.matcher(message);
    if (duplicate.find()) {
      return "Field '" + Excerpt.of(duplicate.group(1)) + "' is there twice.";
    }
    if (message.startsWith("Trailing token")) {
      return "Something follows the JSON document.";
    }
    TokenStreamLocation where = e.getLocation();
    return where == null
        ? "The body is not JSON."
        : "The body is not JSON, or too deep or too long in parts: see line %d, column %d."
            .formatted(where.getLineNr(), where.getColumnNr());
  }
}
