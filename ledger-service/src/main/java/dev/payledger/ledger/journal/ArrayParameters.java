package dev.payledger.ledger.journal;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.support.SqlArrayValue;

/// Rows as columns: one array for each, which `unnest` turns into rows again. A statement then has the
/// same text and the same parameters for one row and for a thousand. Arrays of a type of their own go to
/// the server in binary; an `Object[]` would be spelled out, quoted and parsed again.
final class ArrayParameters<T> {
  private final Collection<T> rows;

  ArrayParameters(Collection<T> rows) {
    this.rows = rows;
  }

  SqlArrayValue uuids(Function<T, @Nullable UUID> column) {
    return new SqlArrayValue("uuid", rows.stream().map(column).toArray());
  }

  SqlArrayValue texts(Function<T, @Nullable String> column) {
    return new SqlArrayValue("text", (Object[]) rows.stream().map(column).toArray(String[]::new));
  }

  SqlArrayValue longs(ToLongFunction<T> column) {
    return new SqlArrayValue(
        "int8", (Object[]) rows.stream().map(column::applyAsLong).toArray(Long[]::new));
  }

  SqlArrayValue longsOrNull(Function<T, @Nullable Long> column) {
    return new SqlArrayValue("int8", (Object[]) rows.stream().map(column).toArray(Long[]::new));
  }

  SqlArrayValue integers(ToIntFunction<T> column) {
    return new SqlArrayValue(
        "int4", (Object[]) rows.stream().map(column::applyAsInt).toArray(Integer[]::new));
  }

  SqlArrayValue integersOrNull(Function<T, @Nullable Integer> column) {
    return new SqlArrayValue("int4", (Object[]) rows.stream().map(column).toArray(Integer[]::new));
  }

  /// Absent ones stay absent.
  SqlArrayValue seconds(Function<T, @Nullable Duration> column) {
    return longsOrNull(
        row -> {
          Duration duration = column.apply(row);
          return duration == null ? null : duration.toSeconds();
        });
  }

  SqlArrayValue booleans(Function<T, Boolean> column) {
    return new SqlArrayValue("bool", (Object[]) rows.stream().map(column).toArray(Boolean[]::new));
  }

  /// Absent ones stay absent.
  SqlArrayValue instants(Function<T, @Nullable Instant> column) {
    return new SqlArrayValue(
        "timestamptz",
        rows.stream()
            .map(
                row -> {
                  Instant instant = column.apply(row);
                  return instant == null ? null : utc(instant);
                })
            .toArray());
  }

  static OffsetDateTime utc(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
