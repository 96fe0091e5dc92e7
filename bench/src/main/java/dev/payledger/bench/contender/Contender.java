package dev.payledger.bench.contender;

import dev.payledger.bench.contender.Accounts.Spread;
import dev.payledger.bench.load.Step;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/// A way to move money, in a database of its own on the one server.
public interface Contender extends AutoCloseable {

  /// What callers hold open.
  interface Held {
    void close() throws SQLException;
  }

  /// Callers that are ready to go.
  record Callers(List<Step> steps, Held held) implements AutoCloseable {
    public Callers(List<Step> steps) {
      this(steps, () -> {});
    }

    @Override
    public void close() throws SQLException {
      held.close();
    }
  }

  String database();

  /// @param count of callers, or of what limits them: connections, commands in a batch
  Callers callers(Spread spread, int count) throws Exception;

  /// What must be found in the database by what was acknowledged so far: `table WHERE …` → rows.
  Map<String, Long> acknowledged();

  @Override
  default void close() {}
}
