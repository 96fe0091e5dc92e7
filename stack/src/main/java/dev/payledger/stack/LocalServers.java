package dev.payledger.stack;

import dev.payledger.stack.server.KafkaServer;
import dev.payledger.stack.server.PostgresAddress;
import dev.payledger.stack.server.PostgresServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// PostgreSQL and Kafka of one local stack, with its passwords. `LocalStack` starts and ends each
/// of them under a lock.
final class LocalServers {
  private final Path work;
  private final StackPorts ports;
  private final ServiceEnvironment environment;
  private volatile @Nullable PostgresServer postgres;
  private volatile @Nullable KafkaServer kafka;

  LocalServers(Path work, StackPorts ports, ServiceEnvironment environment) {
    this.work = work;
    this.ports = ports;
    this.environment = environment;
  }

  ProcessHandle start(Service server, Path log) throws IOException {
    return server == Service.POSTGRES ? startPostgres() : startKafka(log);
  }

  /// PostgreSQL is ready when its start returns.
  void awaitReady(Service server, Duration bound) {
    if (server == Service.POSTGRES) {
      return;
    }
    try {
      started(kafka, server).awaitReady(bound);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NotReadyException(server, "was waited for in vain: interrupted");
    } catch (IllegalStateException e) {
      throw new NotReadyException(server, "is not ready: " + e.getMessage());
    }
  }

  void stop(Service server) throws IOException {
    if (server == Service.POSTGRES) {
      started(postgres, server).close();
    } else {
      started(kafka, server).close();
    }
  }

  void kill(Service server) throws IOException {
    if (server == Service.POSTGRES) {
      started(postgres, server).kill();
    } else {
      started(kafka, server).kill();
    }
  }

  PostgresAddress postgres() {
    return started(postgres, Service.POSTGRES).address();
  }

  private ProcessHandle startPostgres() throws IOException {
    PostgresServer before = postgres;
    if (before != null) {
      // One that died by itself still holds the library's lock on the directory.
      before.close();
    }
    PostgresServer server =
        PostgresServer.start(
            work.resolve("postgres"),
            ports.of(Service.POSTGRES),
            Map.of(),
            environment.secrets().databasePasswords());
    postgres = server;
    return server.process();
  }

  private ProcessHandle startKafka(Path log) throws IOException {
    KafkaServer server =
        KafkaServer.start(
            work.resolve("kafka"),
            ports.of(Service.KAFKA),
            log,
            environment.secrets().kafkaPasswords());
    kafka = server;
    return server.process();
  }

  private static <T> T started(@Nullable T server, Service service) {
    if (server == null) {
      throw new IllegalStateException(service.title() + " is not running");
    }
    return server;
  }
}
