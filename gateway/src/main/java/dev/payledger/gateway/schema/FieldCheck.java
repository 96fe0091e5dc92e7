package dev.payledger.gateway.schema;

import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What the value at one place of a body must be. Lengths count Unicode code points, as PostgreSQL's
/// `char_length` does.
@FunctionalInterface
interface FieldCheck {
  /// The largest integer that every JSON reader keeps exactly (2^53 − 1).
  long AMOUNT_MINOR_MAX = (1L << 53) - 1;

  int BYTE_ORDER_MARK = 0xFEFF;

  int METADATA_ENTRIES_MAX = 20;
  int METADATA_NAME_MAX = 40;
  int METADATA_VALUE_MAX = 200;

  Pattern UUID_FORM =
      Pattern.compile(
          "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");
  Pattern OWNER_FORM = Pattern.compile("[a-z0-9-]{1,40}");
  Pattern CURRENCY_FORM = Pattern.compile("[A-Z]{3}");

  FieldCheck UUID = form("a UUID", UUID_FORM);

  FieldCheck CURRENCY = form("a currency code of three upper-case letters", CURRENCY_FORM);

  // 1.0, 1e2 and "10" are refused although they could be read as integers: a money amount that
  // needs
  // interpretation is a mistake of the sender.
  FieldCheck AMOUNT_MINOR = minorUnits(1);

  FieldCheck LIMIT_MINOR = minorUnits(0);

  FieldCheck SIDE = oneOf("DEBITS, CREDITS or BOTH", Set.of("DEBITS", "CREDITS", "BOTH"));

  FieldCheck CAPTURE = oneOf("AUTOMATIC or MANUAL", Set.of("AUTOMATIC", "MANUAL"));

  FieldCheck DECISION = oneOf("RETRY, APPROVE or REJECT", Set.of("RETRY", "APPROVE", "REJECT"));

  FieldCheck BOOLEAN = must("true or false", JsonNode::isBoolean);

  FieldCheck FLAT_MAP =
      must(
          "an object of at most %d strings (names of 1 to %d, values of at most %d characters, no control characters)"
              .formatted(METADATA_ENTRIES_MAX, METADATA_NAME_MAX, METADATA_VALUE_MAX),
          FieldCheck::isFlatMap);

  FieldCheck OWNER = form("1 to 40 of a-z, 0-9 and -", OWNER_FORM);

  static FieldCheck text(int charactersMin, int charactersMax) {
    return must(
        "a string of %d to %d characters without control characters"
            .formatted(charactersMin, charactersMax),
        value ->
            isText(value, charactersMax)
                && (charactersMin == 0 || hasMoreThanSpace(value.stringValue())));
  }

  /// A list, whose items are named by their index: `legs[3]`.
  static FieldCheck listOf(int itemsMin, int itemsMax, FieldCheck item) {
    FieldCheck list =
        must(
            "a list of %d to %d items".formatted(itemsMin, itemsMax),
            value ->
                value instanceof ArrayNode items
                    && items.size() >= itemsMin
                    && items.size() <= itemsMax);
    return (place, value) -> {
      String refusal = list.refusal(place, value);
      for (int i = 0; refusal == null && i < value.size(); i++) {
        refusal = item.refusal("%s[%d]".formatted(place, i), value.get(i));
      }
      return refusal;
    };
  }

  /// Null when the value is as it must be; otherwise the sentence that says where what must be.
  @Nullable String refusal(String place, JsonNode value);

  /// @param expected completes the sentence "Field 'x' must be …"
  static FieldCheck must(String expected, Predicate<JsonNode> isSo) {
    return (place, value) ->
        isSo.test(value) ? null : "Field '%s' must be %s.".formatted(place, expected);
  }

  private static FieldCheck form(String expected, Pattern form) {
    return must(expected, value -> value.isString() && form.matcher(value.stringValue()).matches());
  }

  private static FieldCheck oneOf(String expected, Set<String> words) {
    return must(expected, value -> value.isString() && words.contains(value.stringValue()));
  }

  static FieldCheck integer(long least, long most) {
    return must("an integer from %d to %d".formatted(least, most), isInteger(least, most));
  }

  private static FieldCheck minorUnits(long least) {
    return must(
        "an integer of minor units from %d to %d".formatted(least, AMOUNT_MINOR_MAX),
        isInteger(least, AMOUNT_MINOR_MAX));
  }

  private static Predicate<JsonNode> isInteger(long least, long most) {
    return value ->
        value.isIntegralNumber()
            && value.canConvertToLong()
            && value.longValue() >= least
            && value.longValue() <= most;
  }

  private static boolean isText(JsonNode value, int charactersMax) {
    return value.isString()
        && value.stringValue().codePointCount(0, value.stringValue().length()) <= charactersMax
        && isPrintable(value.stringValue());
  }

  /// As `\s` of the description's patterns has it: no-break spaces and the byte order mark are space too.
  private static boolean hasMoreThanSpace(String text) {
    return text.codePoints()
        .anyMatch(
            point ->
                !Character.isWhitespace(point)
                    && !Character.isSpaceChar(point)
                    && point != BYTE_ORDER_MARK);
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
