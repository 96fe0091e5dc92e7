package dev.payledger.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.payledger.stack.server.KafkaServer;
import dev.payledger.stack.server.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The two servers that all other tests stand on are real, durable and guarded.
class ServersIT {
  @Test
  void postgresIsDurableAndLogical() throws SQLException {
    try (Connection connection = Postgres.superuser("ledger");
        Statement statement = connection.createStatement()) {
      assertThat(show(statement, "fsync")).isEqualTo("on");
      assertThat(show(statement, "synchronous_commit")).isEqualTo("on");
      assertThat(show(statement, "full_page_writes")).isEqualTo("on");
      assertThat(show(statement, "wal_level")).isEqualTo("logical");
      assertThat(show(statement, "server_version")).startsWith("17.");
    }
  }

  @Test
  void serverIsTheKindThatWasAskedFor() throws SQLException {
    try (Connection connection = Postgres.superuser("ledger");
        Statement statement = connection.createStatement()) {
      assertThat(show(statement, "data_directory").equals("/var/lib/postgresql/data"))
          .as("PostgreSQL runs in a container")
          .isEqualTo(System.getProperty("payledger.servers").equals("containers"));
    }
  }

  @Test
  void rolesNeedPasswordsAndStayInTheirDatabase() throws SQLException {
    String ledger = Postgres.address().url("ledger");
    try (Connection journal =
        DriverManager.getConnection(ledger, "ledger_journal", "ledger-journal-demo")) {
      assertThat(journal.isValid(1)).isTrue();
    }

    assertThatThrownBy(() -> DriverManager.getConnection(ledger, "ledger_journal", "wrong"))
        .hasMessageContaining("password authentication failed");
    assertThatThrownBy(() -> DriverManager.getConnection(ledger, "fraud_app", "fraud-app-demo"))
        .hasMessageContaining("permission denied for database");
  }

  @Test
  void postgresListensOnNoUnixSocket(@TempDir Path directory) throws Exception {
    ProcessLogs.watch(directory);
    int port = Ports.free();
    try (PostgresServer server = PostgresServer.start(directory.resolve("data"), port)) {
      assertThat(Path.of("/tmp/.s.PGSQL." + port)).doesNotExist();
      try (Connection connection = server.address().superuser("ledger");
          Statement statement = connection.createStatement()) {
        assertThat(show(statement, "unix_socket_directories")).isEmpty();
      }
    }
  }

  @Test
  void committedRowSurvivesKillOfPostgres(@TempDir Path directory) throws Exception {
    ProcessLogs.watch(directory);
    int port = Ports.free();
    PostgresServer first = PostgresServer.start(directory.resolve("data"), port);
    try (Connection connection = first.address().superuser("ledger");
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE kept AS SELECT 42 AS answer");
    }
    first.kill();

    try (PostgresServer second = PostgresServer.start(directory.resolve("data"), port);
        Connection connection = second.address().superuser("ledger");
        Statement statement = connection.createStatement();
        var row = statement.executeQuery("SELECT answer FROM kept")) {
      assertThat(row.next()).isTrue();
      assertThat(row.getInt(1)).isEqualTo(42);
    }
  }

  @Test
  void brokerRestartsOnItsLogAfterKill(@TempDir Path directory) throws Exception {
    ProcessLogs.watch(directory);
    int port = Ports.free();
    Path log = directory.resolve("kafka.log");
    KafkaServer first = KafkaServer.start(directory.resolve("data"), port, log);
    first.awaitReady(Duration.ofSeconds(60));
    first.kill();

    try (KafkaServer second = KafkaServer.start(directory.resolve("data"), port, log)) {
      second.awaitReady(Duration.ofSeconds(60));
      assertThat(second.process().isAlive()).isTrue();
    }
  }

  private static String show(Statement statement, String setting) throws SQLException {
    try (var row = statement.executeQuery("SHOW " + setting)) {
      row.next();
      return row.getString(1);
    }
  }
}
