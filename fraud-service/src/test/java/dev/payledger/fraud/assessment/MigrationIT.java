package dev.payledger.fraud.assessment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.testkit.Postgres;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.junit.jupiter.api.Test;

/// What was stored by an older release is there after the migrations, in their own schema here.
class MigrationIT {
  private static final String SCHEMA = "older";

  @Test
  void assessmentsOfOnePairBecomeAssessmentsOfOneLeg() throws SQLException {
    flyway().target("1").load().migrate();
    execute(
        """
        INSERT INTO velocity_counter VALUES
          ('00000000-0000-7000-8000-00000000000d', 'EUR', '2026-06-01T12:00:00Z', 100, 10)
        """,
        """
        INSERT INTO assessment VALUES
          ('00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-00000000000d',
           '00000000-0000-7000-8000-00000000000c', 10, 'EUR', false, 'APPROVED', '{}', now(),
           10, '2026-06-01T12:00:00Z', NULL),
          ('00000000-0000-7000-8000-000000000002', '00000000-0000-7000-8000-00000000000d',
           '00000000-0000-7000-8000-00000000000c', 20, 'EUR', false, 'DECLINED',
           '{AMOUNT_THRESHOLD}', now(), 0, NULL, NULL),
          ('00000000-0000-7000-8000-000000000003', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
           0, NULL, now())
        """);

    flyway().load().migrate();

    assertThat(
            rows(
                """
                SELECT right(transfer_id::text, 1), position, right(debit_account_id::text, 1),
                       right(credit_account_id::text, 1), amount_minor
                  FROM assessment_leg ORDER BY 1
                """))
        .containsExactly("1 0 d c 10", "2 0 d c 20");
    assertThat(
            rows(
                """
                SELECT right(transfer_id::text, 1), right(debit_account_id::text, 1), currency,
                       reserved_minor
                  FROM reservation
                """))
        .containsExactly("1 d EUR 10");
    assertThat(rows("SELECT right(transfer_id::text, 1), amount_minor FROM assessment ORDER BY 1"))
        .containsExactly("1 10", "2 20", "3 null");
  }

  private static FluentConfiguration flyway() {
    return Flyway.configure()
        .dataSource(Postgres.address().url("fraud"), "fraud_owner", "fraud-owner-demo")
        .defaultSchema(SCHEMA);
  }

  private static void execute(String... statements) throws SQLException {
    try (Connection connection = connection();
        var statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private static List<String> rows(String sql) throws SQLException {
    try (Connection connection = connection();
        var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      List<String> found = new ArrayList<>();
      while (rows.next()) {
        List<String> values = new ArrayList<>();
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
          values.add(String.valueOf(rows.getObject(i)));
        }
        found.add(String.join(" ", values));
      }
      return found;
    }
  }

  private static Connection connection() throws SQLException {
    Connection connection =
        DriverManager.getConnection(
            Postgres.address().url("fraud"), "fraud_owner", "fraud-owner-demo");
    connection.setSchema(SCHEMA);
    return connection;
  }
}
