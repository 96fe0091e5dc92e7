package dev.payledger.ledger.journal;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.support.SqlArrayValue;

/// Rows as columns: one array for each, which `unnest` turns into rows again. A statement then has the
/// same text and the same parameters for one row and for a thousand.
final class Columns<T> {
  private final Collection<T> rows;

  Columns(Collection<T> rows) {
    this.rows = rows;
  }

  SqlArrayValue uuids(Function<T, @Nullable UUID> column) {
    return array("uuid", column);
  }

  SqlArrayValue texts(Function<T, @Nullable String> column) {
    return array("text", column);
  }

  SqlArrayValue longs(ToLongFunction<T> column) {
    return array("int8", column::applyAsLong);
  }

  SqlArrayValue booleans(Function<T, Boolean> column) {
    return array("bool", column);
  }

  /// Absent ones stay absent.
  SqlArrayValue instants(Function<T, @Nullable Instant> column) {
    return array(
        "timestamptz",
        row -> {
          Instant instant = column.apply(row);
          return instant == null ? null : utc(instant);
        });
  }

  static OffsetDateTime utc(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }

  private SqlArrayValue array(String type, Function<T, ? extends @Nullable Object> column) {
    return new SqlArrayValue(type, rows.stream().map(column).toArray());
  }
}
