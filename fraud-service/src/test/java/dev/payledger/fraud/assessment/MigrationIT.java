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

  @Test
  void whatIsKnownOfPayeesAndBlocksIsKept() throws SQLException {
    String pair = "'00000000-0000-7000-8000-00000000000d', '00000000-0000-7000-8000-00000000000%s'";
    flyway(SCHEMA + "_4").target("4").load().migrate();
    List<String> before = new ArrayList<>();
    before.add("SET search_path = " + SCHEMA + "_4");
    before.add("INSERT INTO payee VALUES (" + pair.formatted("a") + ", 5000)");
    before.add("INSERT INTO payee VALUES (" + pair.formatted("b") + ", 999)");
    before.add(
        "INSERT INTO blocked_account VALUES ('0bad0000-0000-7000-8000-000000000978', 'court')");
    // Approved; approved and too small to count; given back; declined; of another pair.
    before.add(assessment(1, "a", 5_000, "APPROVED", "NULL"));
    before.add(assessment(2, "a", 1_000, "APPROVED", "NULL"));
    before.add(assessment(3, "a", 999, "APPROVED", "NULL"));
    before.add(assessment(4, "a", 2_000, "APPROVED", "now()"));
    before.add(assessment(5, "a", 2_000, "DECLINED", "NULL"));
    before.add(assessment(6, "b", 999, "APPROVED", "NULL"));
    before.add(assessment(7, "c", 2_000, "APPROVED", "NULL"));
    execute(before.toArray(String[]::new));

    flyway(SCHEMA + "_4").load().migrate();

    assertThat(
            rows(
                """
                SELECT right(credit_account_id::text, 1), largest_minor, cardinality(counted),
                       extract(hour FROM first_counted_at AT TIME ZONE 'UTC')
                  FROM older_4.payee ORDER BY 1
                """))
        .containsExactly("a 5000 2 1", "b 999 0 null");
    assertThat(
            rows(
                """
                SELECT right(b.account_id::text, 3), b.sequence, is_blocked, reason, changed_by
                  FROM older_4.blocked_account b JOIN older_4.blocked_account_change
                 USING (account_id, sequence)
                """))
        .containsExactly("978 1 true court owner role");
  }

  /// Hour by hour.
  private static String assessment(
      int number, String payee, long amountMinor, String verdict, String releasedAt) {
    boolean isDeclined = verdict.equals("DECLINED");
    String id = "'00000000-0000-7000-8000-00000000000" + number + "'";
    return """
    BEGIN;
    INSERT INTO assessment (transfer_id, amount_minor, currency, operator_initiated, verdict,
        score, decline_score, assessed_at, released_at)
      VALUES (%1$s, %2$d, 'EUR', false, '%3$s', %4$d, 60, '2026-06-01T0%5$d:00:00Z', %6$s);
    INSERT INTO assessment_leg VALUES (%1$s, 0, '00000000-0000-7000-8000-00000000000d',
      '00000000-0000-7000-8000-00000000000%7$s', %2$d);
    %8$s
    COMMIT
    """
        .formatted(
            id,
            amountMinor,
            verdict,
            isDeclined ? 60 : 0,
            number,
            releasedAt,
            payee,
            isDeclined
                ? "INSERT INTO assessment_rule VALUES (" + id + ", 0, 'new-payee', 60, 'w');"
                : "");
  }

  private static FluentConfiguration flyway() {
    return flyway(SCHEMA);
  }

  private static FluentConfiguration flyway(String schema) {
    return Flyway.configure()
        .dataSource(Postgres.address().url("fraud"), "fraud_owner", "fraud-owner-demo")
        .defaultSchema(schema);
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
