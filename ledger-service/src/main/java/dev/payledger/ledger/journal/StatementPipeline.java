package dev.payledger.ledger.journal;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.SqlTypeValue;
import org.springframework.jdbc.core.StatementCreatorUtils;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.NamedParameterUtils;

/// Statements that are sent together: the writes of a batch cost one round trip, not one each. They
/// run in the order in which they were added; the first that fails is the failure of all.
final class StatementPipeline {
  private final List<Write> writes = new ArrayList<>();

  /// A statement that needs no answer but its count.
  static final class Write {
    private final String sql;
    private final MapSqlParameterSource parameters = new MapSqlParameterSource();
    private final int rows;

    private Write(String sql, int rows) {
      this.sql = sql;
      this.rows = rows;
    }

    Write param(String name, Object value) {
      parameters.addValue(name, value);
      return this;
    }

    private @Nullable Object[] values() {
      return NamedParameterUtils.buildValueArray(sql, parameters.getValues());
    }
  }

  /// @param rows that it has to change, at least: with fewer the batch fails
  Write add(String sql, int rows) {
    Write write = new Write(sql, rows);
    writes.add(write);
    return write;
  }

  void run(JournalTransaction tx) {
    if (writes.isEmpty()) {
      return;
    }
    // The driver cuts the text at the semicolons and sends the parts without waiting in between.
    String together =
        writes.stream()
            .map(
                write -> NamedParameterUtils.substituteNamedParameters(write.sql, write.parameters))
            .collect(Collectors.joining(";\n"));
    tx.jdbc().execute(together, (PreparedStatement statement) -> changed(statement));
  }

  private int changed(PreparedStatement statement) throws SQLException {
    int n = 0;
    for (Write write : writes) {
      for (Object value : write.values()) {
        StatementCreatorUtils.setParameterValue(statement, ++n, SqlTypeValue.TYPE_UNKNOWN, value);
      }
    }
    statement.execute();
    int all = 0;
    for (Write write : writes) {
      int changed = statement.getUpdateCount();
      if (changed < write.rows) {
        throw new IllegalStateException(
            "of " + write.rows + " rows only " + changed + " were there to change: " + write.sql);
      }
      all += changed;
      statement.getMoreResults();
    }
    return all;
  }
}
