package dev.payledger.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;

/// A real Kafka broker as a child process of its own. Its log directory survives a stop and a kill.
public final class KafkaServer implements AutoCloseable {
  /// What the stack asks of every broker it runs on, apart from names and addresses: one node, no
  /// topic by accident. The containers are started with the same.
  public static final Map<String, String> SETTINGS =
      Map.of(
          "offsets.topic.replication.factor", "1",
          "offsets.topic.num.partitions", "3",
          "transaction.state.log.replication.factor", "1",
          "transaction.state.log.min.isr", "1",
          "share.coordinator.state.topic.replication.factor", "1",
          "share.coordinator.state.topic.min.isr", "1",
          "group.initial.rebalance.delay.ms", "0",
          "auto.create.topics.enable", "false");

  private final Process process;
  private final int port;

  private KafkaServer(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /// Starts a broker on the directory and returns at once; `awaitReady` waits. Listens on `port`,
  /// and on `port + 1` for the controller.
  public static KafkaServer start(Path directory, int port, Path log) throws IOException {
    Files.createDirectories(directory);
    Files.createDirectories(log.toAbsolutePath().getParent());
    Path config = directory.resolveSibling(directory.getFileName() + ".properties");
    Properties properties = new Properties();
    properties.putAll(SETTINGS);
    properties.putAll(addresses(directory, port));
    try (var out = Files.newOutputStream(config)) {
      properties.store(out, null);
    }
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx320m",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-XX:+ExitOnOutOfMemoryError",
                    "-Dlogback.configurationFile=payledger-broker.xml",
                    "-cp",
                    System.getProperty("java.class.path"),
                    KafkaBroker.class.getName(),
                    config.toString()))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    return new KafkaServer(process, port);
  }

  /// Waits until the broker answers a client, at most the given time.
  public void awaitReady(Duration bound) throws InterruptedException {
    long deadline = System.nanoTime() + bound.toNanos();
    try (Admin admin =
        Admin.create(
            Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers(),
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, 1_000,
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 1_000,
                AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 200))) {
      while (true) {
        try {
          admin.describeCluster().nodes().get(2, TimeUnit.SECONDS);
          return;
        } catch (ExecutionException | java.util.concurrent.TimeoutException e) {
          if (!process.isAlive()) {
            throw new IllegalStateException(
                "Kafka ended with status " + process.exitValue() + " while starting", e);
          }
          if (System.nanoTime() > deadline) {
            throw new IllegalStateException("Kafka was not ready within " + bound, e);
          }
        }
      }
    }
  }

  public String bootstrapServers() {
    return "127.0.0.1:" + port;
  }

  public ProcessHandle process() {
    return process.toHandle();
  }

  /// `kill -9` of the broker.
  public void kill() {
    process.destroyForcibly();
    Processes.exitsWithin(process(), Duration.ofSeconds(10));
  }

  @Override
  public void close() {
    Processes.stop(process(), Duration.ofSeconds(15));
  }

  private static Map<String, String> addresses(Path directory, int port) {
    return Map.ofEntries(
        Map.entry("process.roles", "broker,controller"),
        Map.entry("node.id", "1"),
        Map.entry("controller.quorum.voters", "1@127.0.0.1:" + (port + 1)),
        Map.entry(
            "listeners", "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + (port + 1)),
        Map.entry("advertised.listeners", "PLAINTEXT://127.0.0.1:" + port),
        Map.entry("controller.listener.names", "CONTROLLER"),
        Map.entry("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT"),
        Map.entry("log.dirs", directory.toAbsolutePath().toString()));
  }
}
