package dev.payledger.kit.request;

import dev.payledger.kit.problem.Excerpt;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Parses the query of a request strictly. The servlet container parses leniently and answers 500 to some
/// queries, so this runs before anything asks it for a parameter.
public final class QueryString {
  public static final int CHARACTERS_MAX = 2_048;
  private static final Pattern FORM =
      Pattern.compile("(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*+");

  private QueryString() {}

  /// The parameters by name: each is given once, with a value, in UTF-8 and without control characters.
  ///
  /// @throws IllegalArgumentException with a message for the caller
  public static Map<String, String> parameters(@Nullable String query) {
    if (query == null || query.isEmpty()) {
      return Map.of();
    }
    Map<String, String> parameters = pairs(query);
    parameters.forEach(
        (name, value) -> {
          if (value.isEmpty()) {
            throw new IllegalArgumentException("%s has no value.".formatted(Excerpt.of(name)));
          }
        });
    return parameters;
  }

  /// The same for a form, in which a parameter may have no value.
  ///
  /// @throws IllegalArgumentException with a message for the caller
  public static Map<String, String> pairs(String text) {
    if (text.length() > CHARACTERS_MAX || !FORM.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "The query is longer than %d characters or not well-formed.".formatted(CHARACTERS_MAX));
    }
    Map<String, String> pairs = new LinkedHashMap<>();
    for (String pair : text.split("&", -1)) {
      if (pair.isEmpty()) {
        // Skipped, as in the URL standard: many clients write one `&` too many.
        continue;
      }
      int end = pair.indexOf('=');
      String name = decoded("A parameter's name", end < 0 ? pair : pair.substring(0, end));
      if (name.isEmpty()) {
        throw new IllegalArgumentException("The query has a parameter without a name.");
      }
      String value = end < 0 ? "" : decoded(Excerpt.of(name), pair.substring(end + 1));
      if (pairs.put(name, value) != null) {
        throw new IllegalArgumentException(
            "%s is given more than once.".formatted(Excerpt.of(name)));
      }
    }
    return pairs;
  }

  private static String decoded(String what, String text) {
    // Bytes first: a decoder of text would replace what is not UTF-8.
    byte[] bytes =
        URLDecoder.decode(text, StandardCharsets.ISO_8859_1).getBytes(StandardCharsets.ISO_8859_1);
    try {
      String decoded =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      if (decoded.chars().anyMatch(Character::isISOControl)) {
        throw new IllegalArgumentException(what + " has control characters.");
      }
      return decoded;
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(what + " is not UTF-8.", e);
    }
  }
}
