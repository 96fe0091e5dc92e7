package dev.payledger.gateway.shape;

import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What one field must be. Lengths count Unicode code points, as PostgreSQL's `char_length` does.
@FunctionalInterface
interface FieldCheck {
  /// The largest integer that every JSON reader keeps exactly (2^53 − 1).
  long AMOUNT_MINOR_MAX = (1L << 53) - 1;

  int METADATA_ENTRIES_MAX = 20;
  int METADATA_NAME_MAX = 40;
  int METADATA_VALUE_MAX = 200;

  Pattern UUID_FORM =
      Pattern.compile(
          "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");
  Pattern OWNER_FORM = Pattern.compile("[a-z0-9-]{1,40}");
  Set<String> SIDES = Set.of("DEBITS", "CREDITS", "BOTH");
  Pattern CURRENCY_FORM = Pattern.compile("[A-Z]{3}");

  FieldCheck UUID =
      value ->
          value.isString() && UUID_FORM.matcher(value.stringValue()).matches() ? null : "a UUID";

  FieldCheck CURRENCY =
      value ->
          value.isString() && CURRENCY_FORM.matcher(value.stringValue()).matches()
              ? null
              : "a currency code of three upper-case letters";

  // 1.0, 1e2 and "10" are refused although they could be read as integers: a money amount that
  // needs
  // interpretation is a mistake of the sender.
  FieldCheck AMOUNT_MINOR =
      value ->
          value.isIntegralNumber()
                  && value.canConvertToLong()
                  && value.longValue() >= 1
                  && value.longValue() <= AMOUNT_MINOR_MAX
              ? null
              : "an integer of minor units from 1 to " + AMOUNT_MINOR_MAX;

  FieldCheck LIMIT_MINOR =
      value ->
          value.isIntegralNumber()
                  && value.canConvertToLong()
                  && value.longValue() >= 0
                  && value.longValue() <= AMOUNT_MINOR_MAX
              ? null
              : "an integer of minor units from 0 to " + AMOUNT_MINOR_MAX;

  FieldCheck SIDE =
      value ->
          value.isString() && SIDES.contains(value.stringValue())
              ? null
              : "DEBITS, CREDITS or BOTH";

  FieldCheck FLAT_MAP =
      value ->
          isFlatMap(value)
              ? null
              : "an object of at most %d strings (names of 1 to %d, values of at most %d characters, no control characters)"
                  .formatted(METADATA_ENTRIES_MAX, METADATA_NAME_MAX, METADATA_VALUE_MAX);

  FieldCheck OWNER =
      value ->
          value.isString() && OWNER_FORM.matcher(value.stringValue()).matches()
              ? null
              : "1 to 40 of a-z, 0-9 and -";

  static FieldCheck text(int charactersMin, int charactersMax) {
    return value ->
        isText(value, charactersMax) && value.stringValue().strip().length() >= charactersMin
            ? null
            : "a string of %d to %d characters without control characters"
                .formatted(charactersMin, charactersMax);
  }

  /// Null when the value is as it must be; otherwise what it must be.
  @Nullable String expectedInsteadOf(JsonNode value);

  private static boolean isText(JsonNode value, int charactersMax) {
    return value.isString()
        && value.stringValue().codePointCount(0, value.stringValue().length()) <= charactersMax
        && isPrintable(value.stringValue());
  }

  private static boolean isFlatMap(JsonNode value) {
    if (!(value instanceof ObjectNode map) || map.size() > METADATA_ENTRIES_MAX) {
      return false;
    }
    for (Map.Entry<String, JsonNode> entry : map.properties()) {
      String name = entry.getKey();
      if (name.isEmpty()
          || name.codePointCount(0, name.length()) > METADATA_NAME_MAX
          || !isPrintable(name)
          || !isText(entry.getValue(), METADATA_VALUE_MAX)) {
        return false;
      }
    }
    return true;
  }

  /// No control characters (PostgreSQL cannot store NUL, logs must stay one line each) and no half
  /// of a surrogate pair (it has no UTF-8 form).
  private static boolean isPrintable(String text) {
    return text.codePoints()
        .noneMatch(
            point ->
                Character.isISOControl(point)
                    || (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE));
  }
}
