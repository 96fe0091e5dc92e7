package dev.payledger.ledger.request;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.regex.Pattern;

/// Instants in a query, as RFC 3339 writes them. Java alone would also take a year of five digits, the
/// hour 24 and the second 60.
public final class Instants {
  private static final Pattern FORM =
      Pattern.compile(
          "[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?"
              + "(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])");

  private Instants() {}

  /// @param name of the parameter, for the refusal
  public static Instant parse(String name, String text) {
    if (FORM.matcher(text).matches()) {
      try {
        return OffsetDateTime.parse(text).toInstant();
      } catch (DateTimeParseException e) {
        // A day that its month does not have, or an offset that nobody has: refused below.
      }
    }
    throw new Problem(
        ProblemCode.INVALID_REQUEST,
        name + " must be an instant as in RFC 3339, for example 2026-11-23T10:00:00Z.");
  }
}
