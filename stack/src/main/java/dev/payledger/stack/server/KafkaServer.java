package dev.payledger.stack.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.security.auth.SecurityProtocol;

/// A real Kafka broker as a child process of its own. Its log directory survives a stop and a kill.
public final class KafkaServer implements AutoCloseable {
  /// The settings of every broker of the stack, apart from names and addresses: one node, no
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

  private static final String PLAIN = "PLAIN";

  private final Process process;
  private final int port;
  private final Map<String, String> passwords;

  private KafkaServer(Process process, int port, Map<String, String> passwords) {
    this.process = process;
    this.port = port;
    this.passwords = passwords;
  }

  /// Starts a broker on the directory and returns immediately; `awaitReady` waits. Listens on
  /// `port`, and on `port + 1` for the controller. It requires no login: for tests of one service.
  public static KafkaServer start(Path directory, int port, Path log) throws IOException {
    return start(directory, port, log, Map.of());
  }

  /// The same, for the given users alone, each with the rights that `KafkaUsers` lists.
  public static KafkaServer start(Path directory, int port, Path log, Map<String, String> passwords)
      throws IOException {
    Files.createDirectories(directory);
    Files.createDirectories(log.toAbsolutePath().getParent());
    Path config = directory.resolveSibling(directory.getFileName() + ".properties");
    Properties properties = new Properties();
    properties.putAll(SETTINGS);
    properties.putAll(addresses(directory, port));
    if (!passwords.isEmpty()) {
      properties.putAll(logins(port, passwords));
    }
    // Passwords are in it.
    Files.deleteIfExists(config);
    Files.createFile(
        config, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
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
    return new KafkaServer(process, port, passwords);
  }

  /// Waits until the broker answers a client, at most the given time.
  public void awaitReady(Duration bound) throws InterruptedException {
    long deadline = System.nanoTime() + bound.toNanos();
    Map<String, Object> settings = new HashMap<>(client(KafkaUsers.ADMIN));
    settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, 1_000);
    settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 1_000);
    settings.put(AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 200);
    try (Admin admin = Admin.create(settings)) {
      while (true) {
        try {
          admin.describeCluster().nodes().get(2, TimeUnit.SECONDS);
          if (!passwords.isEmpty()) {
            grant(admin);
          }
          return;
        } catch (ExecutionException | TimeoutException e) {
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

  /// The rights of `KafkaUsers`, and no other.
  private static void grant(Admin admin)
      throws ExecutionException, InterruptedException, TimeoutException {
    List<AclBinding> rights = KafkaUsers.rights();
    List<AclBindingFilter> others =
        admin.describeAcls(AclBindingFilter.ANY).values().get(2, TimeUnit.SECONDS).stream()
            .filter(right -> !rights.contains(right))
            .map(AclBinding::toFilter)
            .toList();
    admin.deleteAcls(others).all().get(2, TimeUnit.SECONDS);
    admin.createAcls(rights).all().get(2, TimeUnit.SECONDS);
  }

  /// How a client of that user reaches it, by Kafka's names.
  Map<String, String> client(String user) {
    String bootstrap = AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG;
    String password = passwords.get(user);
    if (password == null) {
      return Map.of(bootstrap, bootstrapServers());
    }
    return Map.of(
        bootstrap,
        bootstrapServers(),
        AdminClientConfig.SECURITY_PROTOCOL_CONFIG,
        SecurityProtocol.SASL_PLAINTEXT.name,
        SaslConfigs.SASL_MECHANISM,
        KafkaUsers.MECHANISM,
        SaslConfigs.SASL_JAAS_CONFIG,
        KafkaUsers.login(user, password));
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

  /// Replaces the protocols of `addresses`. The controller requires a login too: it accepts every
  /// change.
  private static Map<String, String> logins(int port, Map<String, String> passwords) {
    return Map.ofEntries(
        Map.entry(
            "listeners",
            "SASL_PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + (port + 1)),
        Map.entry("advertised.listeners", "SASL_PLAINTEXT://127.0.0.1:" + port),
        Map.entry(
            "listener.security.protocol.map",
            "SASL_PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT"),
        Map.entry("inter.broker.listener.name", "SASL_PLAINTEXT"),
        Map.entry("sasl.enabled.mechanisms", KafkaUsers.MECHANISM),
        Map.entry("sasl.mechanism.inter.broker.protocol", KafkaUsers.MECHANISM),
        Map.entry("sasl.mechanism.controller.protocol", PLAIN),
        Map.entry("listener.name.controller.sasl.enabled.mechanisms", PLAIN),
        Map.entry(
            "listener.name.sasl_plaintext.scram-sha-512.sasl.jaas.config",
            KafkaUsers.login(
                KafkaUsers.ADMIN, Objects.requireNonNull(passwords.get(KafkaUsers.ADMIN)))),
        Map.entry(
            "listener.name.controller.plain.sasl.jaas.config",
            KafkaUsers.controllerLogin(
                Objects.requireNonNull(passwords.get(KafkaUsers.CONTROLLER)))),
        Map.entry(KafkaBroker.USERS, KafkaBroker.users(passwords)),
        Map.entry(
            "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer"),
        Map.entry("super.users", "User:" + KafkaUsers.ADMIN + ";User:" + KafkaUsers.CONTROLLER));
  }
}
