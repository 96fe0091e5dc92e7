package dev.payledger.testkit;

import dev.payledger.stack.server.KafkaServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.test.context.DynamicPropertyRegistry;

/// One real Kafka broker for all tests of a module: a process of its own, or a container with
/// `-Pcontainers`. Tests do not know which.
public final class Kafka {
  private static @Nullable String bootstrapServers;

  private Kafka() {}

  /// The module's broker, started by the first caller and stopped with the JVM.
  public static synchronized String bootstrapServers() {
    String running = bootstrapServers;
    if (running == null) {
      running = Containers.areAsked() ? Containers.kafka() : embedded();
      bootstrapServers = running;
    }
    return running;
  }

  /// Points the services' `KAFKA_BOOTSTRAP_SERVERS` at this broker.
  public static void register(DynamicPropertyRegistry registry) {
    registry.add("KAFKA_BOOTSTRAP_SERVERS", Kafka::bootstrapServers);
  }

  private static String embedded() {
    try {
      Path directory = Files.createTempDirectory("payledger-kafka-");
      ProcessLogs.watch(directory);
      KafkaServer server =
          KafkaServer.start(directory.resolve("data"), Ports.free(), directory.resolve("log"));
      Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(server::close));
      server.awaitReady(Duration.ofSeconds(60));
      return server.bootstrapServers();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
