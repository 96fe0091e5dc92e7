package dev.payledger.ledger.journal;

import dev.payledger.contracts.BlockedAccountEvent;
import dev.payledger.testkit.Postgres;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.flywaydb.core.Flyway;

/// A database of a test's own, beside the ledger's, with the same roles. Gone when closed.
public record ScratchDatabase(String name) implements AutoCloseable {

  public ScratchDatabase {
    run("postgres", "CREATE DATABASE " + name + " OWNER ledger_owner");
  }

  /// Brings the ledger's tables in.
  public void migrate() {
    Flyway.configure().dataSource(url(), "ledger_owner", "ledger-owner-demo").load().migrate();
  }

  /// As when fraud-service has told its whole list, with no account in it.
  void noAccountIsBlocked() {
    superuser(
        "INSERT INTO blocked_account VALUES ('%s', false, 1, now())"
            .formatted(BlockedAccountEvent.END_OF_LIST));
  }

  public String url() {
    return Postgres.address().url(name);
  }

  /// Speaks the simple query protocol: the extended one wants a value for every `$1`, also where
  /// EXPLAIN (GENERIC_PLAN) does not.
  Connection simply(String role) throws SQLException {
    return DriverManager.getConnection(
        url() + "?preferQueryMode=simple", role, role.replace('_', '-') + "-demo");
  }

  public void superuser(String sql) {
    run(name, sql);
  }

  @Override
  public void close() {
    run("postgres", "DROP DATABASE " + name + " WITH (FORCE)");
  }

  private static void run(String database, String sql) {
    try (Connection connection = Postgres.superuser(database);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
