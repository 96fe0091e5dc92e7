package dev.payledger.gateway.idempotency;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/// What the request's `Idempotency-Key` header says (draft-ietf-httpapi-idempotency-key-header).
///
/// The value is a structured-field string (RFC 9651: quoted, `\"` and `\\` escaped, no parameters);
/// the bare form names the same key. Anything else is refused rather than guessed at, because a key
/// read differently than it was meant pays twice.
public sealed interface KeyHeader {
  String NAME = "Idempotency-Key";

  record Given(IdempotencyKey key) implements KeyHeader {}

  record Missing() implements KeyHeader {}

  record Malformed(String detail) implements KeyHeader {}

  static KeyHeader of(HttpServletRequest request) {
    for (String name : Collections.list(request.getHeaderNames())) {
      if (isLookAlike(name)) {
        return new Malformed(
            "The header is called " + NAME + "; a header with another spelling was sent.");
      }
    }
    List<String> values = Collections.list(request.getHeaders(NAME));
    return switch (values.size()) {
      case 0 -> new Missing();
      case 1 -> parse(values.getFirst());
      default -> new Malformed("Send " + NAME + " once.");
    };
  }

  static KeyHeader parse(String header) {
    String text = header.strip();
    StringBuilder key = new StringBuilder();
    if (text.startsWith("\"")) {
      if (!unquote(text, key)) {
        return new Malformed(
            NAME
                + " is not a structured-field string: write \"my-key\", with \\\" and \\\\ escaped.");
      }
    } else {
      // The bare form leaves out what would make it ambiguous: a comma is what two headers become
      // when a proxy joins them.
      if (!text.matches("[!-~&&[^\",;\\\\]]*")) {
        return new Malformed(
            NAME + " may have visible ASCII characters only; quote it if it has blanks , ; or \\.");
      }
      key.append(text);
    }
    if (key.isEmpty() || key.length() > IdempotencyKey.LENGTH_MAX) {
      return new Malformed(NAME + " must have 1 to " + IdempotencyKey.LENGTH_MAX + " characters.");
    }
    return new Given(new IdempotencyKey(key.toString()));
  }

  private static boolean unquote(String text, StringBuilder key) {
    int last = text.length() - 1;
    int at = 1;
    while (at < last) {
      char character = text.charAt(at);
      if (character == '\\') {
        at++;
        if (at == last || (text.charAt(at) != '"' && text.charAt(at) != '\\')) {
          return false;
        }
      } else if (character == '"' || character < ' ' || character > '~') {
        return false;
      }
      key.append(text.charAt(at));
      at++;
    }
    return at == last && text.charAt(last) == '"';
  }

  private static boolean isLookAlike(String headerName) {
    String letters = headerName.toLowerCase(Locale.ROOT).replaceAll("[^a-z]", "");
    return (letters.equals("idempotencykey") || letters.equals("xidempotencykey"))
        && !headerName.equalsIgnoreCase(NAME);
  }
}
