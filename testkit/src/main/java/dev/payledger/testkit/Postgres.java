package dev.payledger.testkit;

import dev.payledger.stack.server.PostgresAddress;
import dev.payledger.stack.server.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.test.context.DynamicPropertyRegistry;

/// One real, durable PostgreSQL for all tests of a module, with the stack's databases and roles:
/// from embedded binaries, or a container with `-Pcontainers`. Tests do not know which.
/// Sessions run in a time zone that is not the JVM's.
public final class Postgres {
  private static @Nullable PostgresAddress address;

  private Postgres() {}

  /// The module's server, started by the first caller and stopped with the JVM.
  public static synchronized PostgresAddress address() {
    PostgresAddress running = address;
    if (running == null) {
      running = Containers.areAsked() ? Containers.postgres() : another(Map.of()).address();
      address = running;
    }
    return running;
  }

  /// A server of a test's own, with settings that the module's does not have. Stopped with the JVM
  /// unless the test closes it before.
  public static PostgresServer another(Map<String, String> settings) {
    try {
      Path directory = Files.createTempDirectory("payledger-postgres-");
      ProcessLogs.watch(directory);
      PostgresServer started =
          PostgresServer.start(directory.resolve("data"), Ports.free(), settings);
      Runtime.getRuntime()
          .addShutdownHook(Thread.ofPlatform().unstarted(() -> stop(started, directory)));
      return started;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static Connection superuser(String database) throws SQLException {
    return address().superuser(database);
  }

  /// Points the services' `POSTGRES_HOST` and `POSTGRES_PORT` at this server.
  public static void register(DynamicPropertyRegistry registry) {
    registry.add("POSTGRES_HOST", () -> address().host());
    registry.add("POSTGRES_PORT", () -> address().port());
    registry.add(
        "spring.datasource.hikari.connection-init-sql", () -> "SET TIME ZONE 'Asia/Kathmandu'");
  }

  private static void stop(PostgresServer server, Path directory) {
    try {
      server.close();
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
