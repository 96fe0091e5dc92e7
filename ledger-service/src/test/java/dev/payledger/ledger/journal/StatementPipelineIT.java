package dev.payledger.ledger.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.payledger.testkit.Postgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataIntegrityViolationException;

class StatementPipelineIT {
  private static final String ADD = "INSERT INTO counter (n) SELECT * FROM unnest(:numbers)";
  private static final String MOVE =
      "UPDATE counter c SET n = c.n + 100 FROM unnest(:numbers) AS m (n) WHERE c.n = m.n";

  private Connection connection;

  @BeforeEach
  void begin() throws SQLException {
    connection = Postgres.superuser("postgres");
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute("CREATE TEMP TABLE counter (n bigint PRIMARY KEY)");
    }
  }

  @AfterEach
  void end() throws SQLException {
    connection.close();
  }

  @Test
  void statementsRunInTheirOrderEachWithItsOwnParameters() throws SQLException {
    StatementPipeline pipeline = new StatementPipeline();
    pipeline.add(ADD, 2).param("numbers", numbers(1L, 2L));
    pipeline.add(MOVE, 1).param("numbers", numbers(2L));
    pipeline.add(ADD, 1).param("numbers", numbers(2L));
    pipeline.run(JournalTransaction.on(connection));
    assertThat(rows()).isEqualTo("1 2 102");
  }

  @Test
  void aStatementInTheMiddleThatChangesTooFewRowsIsFound() {
    StatementPipeline pipeline = new StatementPipeline();
    pipeline.add(ADD, 2).param("numbers", numbers(1L, 2L));
    pipeline.add(MOVE, 2).param("numbers", numbers(2L, 3L));
    pipeline.add(ADD, 2).param("numbers", numbers(4L, 5L));
    assertThatThrownBy(() -> pipeline.run(JournalTransaction.on(connection)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("of 2 rows only 1");
  }

  @Test
  void theFirstFailureIsTheFailureOfAll() {
    StatementPipeline pipeline = new StatementPipeline();
    pipeline.add(ADD, 1).param("numbers", numbers(1L));
    pipeline.add(ADD, 1).param("numbers", numbers(1L));
    pipeline.add(ADD, 1).param("numbers", numbers(2L));
    assertThatThrownBy(() -> pipeline.run(JournalTransaction.on(connection)))
        .isInstanceOf(DataIntegrityViolationException.class)
        .hasMessageContaining("counter_pkey");
  }

  private static Object numbers(Long... numbers) {
    return new ArrayParameters<>(List.of(numbers)).longs(Long::longValue);
  }

  private String rows() throws SQLException {
    try (Statement statement = connection.createStatement();
        var row =
            statement.executeQuery("SELECT string_agg(n::text, ' ' ORDER BY n) FROM counter")) {
      row.next();
      return row.getString(1);
    }
  }
}
