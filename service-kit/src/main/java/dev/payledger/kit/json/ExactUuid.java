package dev.payledger.kit.json;

import java.util.UUID;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.deser.std.StdDeserializer;

/// Reads a UUID in its 36 characters, the only spelling of one id but for upper case.
public final class ExactUuid extends StdDeserializer<UUID> {
  ExactUuid() {
    super(UUID.class);
  }

  /// `UUID.fromString` also takes `1-1-1-1-1`.
  ///
  /// @throws IllegalArgumentException for any other spelling
  public static UUID of(String text) {
    UUID id = UUID.fromString(text);
    if (!id.toString().equalsIgnoreCase(text)) {
      throw new IllegalArgumentException("not a UUID in its 36 characters");
    }
    return id;
  }

  @Override
  public UUID deserialize(JsonParser parser, DeserializationContext context)
      throws JacksonException {
    String text = parser.getValueAsString();
    try {
      if (parser.currentToken().isScalarValue() && text != null) {
        return of(text);
      }
    } catch (IllegalArgumentException e) {
      // Reported below, with the place in the document.
    }
    return context.reportInputMismatch(UUID.class, "not a UUID in its 36 characters");
  }
}
