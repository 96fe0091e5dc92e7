package dev.payledger.bench.server;

import dev.payledger.stack.server.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;

/// One embedded PostgreSQL, set up as the local stack's: durable. Every contender gets a database of
/// its own on it. The directory is new and is removed again.
public final class BenchServer implements AutoCloseable {
  /// What decides whether a commit is one.
  private static final List<String> SHOWN =
      List.of(
          "server_version",
          "fsync",
          "synchronous_commit",
          "full_page_writes",
          "wal_level",
          "wal_sync_method",
          "commit_delay",
          "shared_buffers",
          "max_wal_size",
          "wal_compression",
          "checkpoint_timeout",
          "autovacuum",
          "max_connections",
          "jit");

  private static final String LEDGER_TEMPLATE = "ledger_empty";

  private final Path directory;
  private final PostgresServer server;

  private BenchServer(Path directory, PostgresServer server) {
    this.directory = directory;
    this.server = server;
  }

  public static BenchServer start(Path directory, int port) throws IOException, SQLException {
    remove(directory);
    try (PostgresServer prepared = PostgresServer.start(directory, port);
        Connection superuser = prepared.address().superuser("postgres");
        Statement statement = superuser.createStatement()) {
      // For the profile. It records nothing until a database asks it to.
      statement.execute("ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'");
      statement.execute("ALTER SYSTEM SET pg_stat_statements.track = 'none'");
      statement.execute("ALTER SYSTEM SET pg_stat_statements.track_utility = 'off'");
      statement.execute("ALTER SYSTEM SET track_wal_io_timing = 'on'");
    }
    BenchServer started = new BenchServer(directory, PostgresServer.start(directory, port));
    started.superuser("postgres", "CREATE EXTENSION pg_stat_statements");
    return started;
  }

  public int port() {
    return server.address().port();
  }

  /// All that was written to the log so far.
  public long walBytes() throws SQLException {
    try (Connection connection = server.address().superuser("postgres");
        Statement statement = connection.createStatement();
        var row = statement.executeQuery("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn")) {
      row.next();
      return row.getLong(1);
    }
  }

  /// `SHOW` of each setting that durability or speed depends on.
  public Map<String, String> settings() throws SQLException {
    Map<String, String> settings = new LinkedHashMap<>();
    try (Connection connection = server.address().superuser("postgres");
        Statement statement = connection.createStatement()) {
      for (String name : SHOWN) {
        try (var row = statement.executeQuery("SHOW " + name)) {
          row.next();
          settings.put(name, row.getString(1));
        }
      }
    }
    return settings;
  }

  /// Migrates once, as the service does, and opens the accounts; `createLedger` copies the result.
  public void prepareLedger(List<UUID> accounts, String currency, long floorMinor)
      throws SQLException {
    superuser("postgres", "CREATE DATABASE " + LEDGER_TEMPLATE + " OWNER ledger_owner");
    Flyway.configure()
        .dataSource(server.address().url(LEDGER_TEMPLATE), "ledger_owner", "ledger-owner-demo")
        .load()
        .migrate();
    try (Connection connection = server.address().superuser(LEDGER_TEMPLATE);
        PreparedStatement open =
            connection.prepareStatement(
                """
                INSERT INTO account (id, owner, name, currency, floor_minor, opened_at)
                VALUES (?, 'bench', 'bench', ?, ?, '2026-01-01T00:00:00Z')
                """)) {
      for (UUID account : accounts) {
        open.setObject(1, account);
        open.setString(2, currency);
        open.setLong(3, floorMinor);
        open.addBatch();
      }
      open.executeBatch();
    }
    superuser(LEDGER_TEMPLATE, "VACUUM ANALYZE");
  }

  public void createLedger(String database) throws SQLException {
    superuser("postgres", "CREATE DATABASE " + database + " TEMPLATE " + LEDGER_TEMPLATE);
  }

  public void createEmpty(String database) throws SQLException {
    superuser("postgres", "CREATE DATABASE " + database);
  }

  public String url(String database) {
    return server.address().url(database);
  }

  public Connection superuser(String database) throws SQLException {
    return server.address().superuser(database);
  }

  public void superuser(String database, String sql) throws SQLException {
    try (Connection connection = server.address().superuser(database);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /// A connection as the journal's: its role, with the role's planner settings, serializable.
  public Connection journalRole(String database) throws SQLException {
    Connection connection =
        DriverManager.getConnection(
            server.address().url(database), "ledger_journal", "ledger-journal-demo");
    connection.setAutoCommit(false);
    connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
    return connection;
  }

  /// @param rows a table, with a WHERE if need be
  public long count(String database, String rows) throws SQLException {
    try (Connection connection = server.address().superuser(database);
        Statement statement = connection.createStatement();
        var row = statement.executeQuery("SELECT count(*) FROM " + rows)) {
      row.next();
      return row.getLong(1);
    }
  }

  @Override
  public void close() throws IOException {
    // Nothing in it is kept, so nothing is waited for.
    server.kill();
    remove(directory);
  }

  private static void remove(Path directory) throws IOException {
    PostgresServer.stopLeftover(directory);
    if (Files.exists(directory)) {
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      }
    }
  }
}
