package dev.payledger.ledger.request;

import dev.payledger.kit.problem.ProblemException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What happened at `from` or later, and before `to`. In microseconds, as the database keeps time.
public record TimeRange(Instant from, Instant to) {
  private static final Pattern RFC_3339 =
      Pattern.compile(
          "[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt]([01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}(\\.[0-9]{1,9})?"
              + "([Zz]|[+-][0-9]{2}:[0-9]{2})");

  /// As they came in a query; either may be absent, for no bound.
  public static TimeRange of(@Nullable String from, @Nullable String to) {
    TimeRange range =
        new TimeRange(
            from == null ? Instant.EPOCH : micros(instant("from", from)),
            to == null ? ListPosition.NEWEST.at() : micros(instant("to", to)));
    if (range.from().isAfter(range.to())) {
      throw ProblemException.invalidRequest("from must not be after to.");
    }
    return range;
  }

  /// An instant of RFC 3339, which has no 24:00 and only years of four digits; ISO 8601 has others.
  ///
  /// @param name of the parameter
  public static Instant instant(String name, String text) {
    if (RFC_3339.matcher(text).matches()) {
      try {
        return OffsetDateTime.parse(text.toUpperCase(Locale.ROOT)).toInstant();
      } catch (DateTimeParseException e) {
        // As if it had another form.
      }
    }
    throw ProblemException.invalidRequest(
        name + " must be an instant as in RFC 3339, for example 2026-11-23T10:00:00Z.");
  }

  /// The next one that the database can keep. Nothing is older than the epoch.
  private static Instant micros(Instant instant) {
    Instant kept = instant.truncatedTo(ChronoUnit.MICROS);
    if (kept.isBefore(Instant.EPOCH)) {
      return Instant.EPOCH;
    }
    return kept.equals(instant) ? kept : kept.plus(1, ChronoUnit.MICROS);
  }
}
