package dev.payledger.stack.server;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A real PostgreSQL 17 from embedded binaries: durable (fsync on), with logical WAL, password
/// authentication for every role, and the stack's databases in it.
///
/// The data directory survives a stop and a kill; starting on it again recovers from its WAL.
public final class PostgresServer implements AutoCloseable {
  /// What the stack needs of every PostgreSQL it runs on: durability, a log that can be decoded,
  /// and bounds. The containers are started with the same. With PostgreSQL's own `max_wal_size` a
  /// busy, large ledger would force a checkpoint every few seconds and log most pages whole again.
  public static final Map<String, String> SETTINGS =
      Map.of(
          "fsync", "on",
          "synchronous_commit", "on",
          "full_page_writes", "on",
          "wal_level", "logical",
          "max_connections", "120",
          "max_wal_size", "8GB",
          "max_slot_wal_keep_size", "1GB");

  /// A demo value: of servers that tests start.
  public static final String SUPERUSER_PASSWORD = "postgres-demo";

  private static final String SUPERUSER = "postgres";

  /// Of `databases.sql`, with nothing of weight behind it.
  private static final String LAST_DATABASE = "notify_eu";

  /// A database, a role.
  private static final Set<String> IS_THERE = Set.of("42P04", "42710");

  private static final Pattern CREATED_ROLE =
      Pattern.compile("(CREATE ROLE (\\w+) .*PASSWORD) '[^']*'");

  private final Path dataDirectory;
  private final PostgresAddress address;
  private final EmbeddedPostgres server;

  private PostgresServer(Path dataDirectory, PostgresAddress address, EmbeddedPostgres server) {
    this.dataDirectory = dataDirectory;
    this.address = address;
    this.server = server;
  }

  /// Starts a server on the directory, creating cluster, roles and databases when it is empty. A
  /// server that an earlier, killed launcher left running on the directory is stopped first: the
  /// library would silently adopt it, with the settings it was started with.
  public static PostgresServer start(Path dataDirectory, int port) throws IOException {
    return start(dataDirectory, port, Map.of());
  }

  /// @param settings server settings in place of ours, by name: for tests that need a small server
  public static PostgresServer start(Path dataDirectory, int port, Map<String, String> settings)
      throws IOException {
    return start(dataDirectory, port, settings, Map.of(SUPERUSER, SUPERUSER_PASSWORD));
  }

  /// @param passwords of the superuser and of other roles, by role; a role that has none here keeps
  ///     the demo value of `databases.sql`
  public static PostgresServer start(
      Path dataDirectory, int port, Map<String, String> settings, Map<String, String> passwords)
      throws IOException {
    stopLeftover(dataDirectory);
    Path parent = dataDirectory.toAbsolutePath().getParent();
    Files.createDirectories(parent);
    String password = Objects.requireNonNull(passwords.get(SUPERUSER));
    Path passwordFile = Files.createTempFile(parent, "superuser", "");
    EmbeddedPostgres server;
    try {
      Files.writeString(passwordFile, password);
      EmbeddedPostgres.Builder builder =
          EmbeddedPostgres.builder()
              .setPort(port)
              .setDataDirectory(dataDirectory)
              .setCleanDataDirectory(false)
              .setPGStartupWait(Duration.ofSeconds(60))
              // The library passes these to initdb, behind its own wish to trust everybody.
              .setLocaleConfig("auth", "scram-sha-256")
              .setLocaleConfig("pwfile", passwordFile.toString())
              .setConnectConfig("password", password)
              .setConnectConfig("requireAuth", PostgresAddress.REQUIRED_AUTHENTICATION)
              .setServerConfig("listen_addresses", "127.0.0.1")
              // No socket: it would be in /tmp, for every user of the machine, and one for each
              // port.
              .setServerConfig("unix_socket_directories", "''");
      SETTINGS.forEach(builder::setServerConfig);
      settings.forEach(builder::setServerConfig);
      server = builder.start();
    } finally {
      Files.delete(passwordFile);
    }
    PostgresServer started =
        new PostgresServer(dataDirectory, new PostgresAddress("127.0.0.1", port, password), server);
    try {
      started.createDatabases(passwords);
    } catch (SQLException e) {
      server.close();
      throw new IOException("PostgreSQL started on port " + port + " but refused its set-up", e);
    }
    return started;
  }

  /// Stops a server that runs on the directory without belonging to this process, if there is one.
  public static void stopLeftover(Path dataDirectory) throws IOException {
    Optional<ProcessHandle> leftover = postmaster(dataDirectory);
    if (leftover.isPresent()) {
      ProcessHandle postmaster = leftover.get();
      Processes.stop(postmaster, Duration.ofSeconds(20));
    }
  }

  public PostgresAddress address() {
    return address;
  }

  public Path dataDirectory() {
    return dataDirectory;
  }

  public ProcessHandle process() {
    return postmaster(dataDirectory)
        .orElseThrow(
            () -> new IllegalStateException("PostgreSQL does not run on " + dataDirectory));
  }

  /// `kill -9` of the whole server. `start` on the same directory recovers it.
  public void kill() throws IOException {
    ProcessHandle postmaster = process();
    // Every backend too: an orphan would hold the shared memory and refuse the next start.
    postmaster.descendants().forEach(ProcessHandle::destroyForcibly);
    postmaster.destroyForcibly();
    Processes.exitsWithin(postmaster, Duration.ofSeconds(10));
    // Gives up the library's lock on the directory, which the next start takes.
    server.close();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }

  /// Creates what is missing, so that a start mends one that was killed half-way.
  private void createDatabases(Map<String, String> passwords) throws SQLException, IOException {
    try (Connection connection = address.superuser("postgres");
        Statement statement = connection.createStatement()) {
      boolean isComplete;
      try (var row =
          statement.executeQuery(
              "SELECT 1 FROM pg_database WHERE datname = '%s'".formatted(LAST_DATABASE))) {
        isComplete = row.next();
      }
      if (!isComplete) {
        for (String sql : resource("/databases.sql").replaceAll("(?m)^--.*$", "").split(";", -1)) {
          if (!sql.isBlank()) {
            createUnlessThere(statement, withPassword(sql, passwords));
          }
        }
      }
      // Of a start that was killed, or added since.
      for (var role : passwords.entrySet()) {
        statement.execute("ALTER ROLE %s PASSWORD '%s'".formatted(role.getKey(), role.getValue()));
      }
    }
  }

  private static void createUnlessThere(Statement statement, String sql) throws SQLException {
    try {
      statement.execute(sql);
    } catch (SQLException e) {
      if (!IS_THERE.contains(e.getSQLState())) {
        throw e;
      }
    }
  }

  private static String withPassword(String sql, Map<String, String> passwords) {
    return CREATED_ROLE
        .matcher(sql)
        .replaceAll(
            role -> {
              String password = passwords.get(role.group(2));
              return Matcher.quoteReplacement(
                  password == null ? role.group() : role.group(1) + " '" + password + "'");
            });
  }

  private static Optional<ProcessHandle> postmaster(Path dataDirectory) {
    Path pidFile = dataDirectory.resolve("postmaster.pid");
    try {
      if (!Files.exists(pidFile)) {
        return Optional.empty();
      }
      long pid = Long.parseLong(Files.readAllLines(pidFile).getFirst().trim());
      // After a crash the file stays and its number may belong to another process by now.
      return ProcessHandle.of(pid)
          .filter(ProcessHandle::isAlive)
          .filter(process -> process.info().command().orElse("").endsWith("/postgres"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = PostgresServer.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is not on the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
