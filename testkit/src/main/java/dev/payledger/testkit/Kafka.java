package dev.payledger.testkit;

import dev.payledger.local.KafkaServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.test.context.DynamicPropertyRegistry;

/// One real Kafka broker for all tests of a module.
public final class Kafka {
  private static @Nullable KafkaServer server;

  private Kafka() {}

  /// The module's broker, started by the first caller and stopped with the JVM.
  public static synchronized KafkaServer server() {
    KafkaServer running = server;
    if (running == null) {
      try {
        Path directory = Files.createTempDirectory("payledger-kafka-");
        running =
            KafkaServer.start(directory.resolve("data"), Ports.free(), directory.resolve("log"));
        server = running;
        KafkaServer stopping = running;
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(stopping::close));
        running.awaitReady(Duration.ofSeconds(60));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
    return running;
  }

  /// Points the services' `KAFKA_BOOTSTRAP_SERVERS` at this broker.
  public static void register(DynamicPropertyRegistry registry) {
    registry.add("KAFKA_BOOTSTRAP_SERVERS", () -> server().bootstrapServers());
  }
}
