package dev.payledger.testkit;

import dev.payledger.stack.server.KafkaServer;
import dev.payledger.stack.server.PostgresAddress;
import dev.payledger.stack.server.PostgresServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.MountableFile;

/// The servers as containers of the images that the compose stack names, with the settings of
/// the embedded ones. Asked for by Maven's profile `containers`; removed with the JVM. The
/// build asks first whether an engine answers.
final class Containers {
  private static final String POSTGRES_IMAGE = "postgres:17";
  private static final String KAFKA_IMAGE = "apache/kafka:4.3.1";
  private static final String REDIS_IMAGE = "redis:8";
  private static final int REDIS_PORT = 6379;

  private Containers() {}

  static boolean areAsked() {
    return System.getProperty("payledger.servers", "embedded").equals("containers");
  }

  static PostgresAddress postgres() {
    List<String> command = new ArrayList<>(List.of("postgres"));
    PostgresServer.SETTINGS.forEach((name, value) -> command.add("-c" + name + "=" + value));
    // The embedded server has no JIT compiler. The roles switch it off; tests also query as the
    // superuser.
    command.add("-cjit=off");
    PostgreSQLContainer container =
        new PostgreSQLContainer(POSTGRES_IMAGE)
            .withUsername("postgres")
            .withPassword(PostgresServer.SUPERUSER_PASSWORD)
            .withDatabaseName("postgres")
            .withCopyFileToContainer(
                MountableFile.forClasspathResource("databases.sql"),
                "/docker-entrypoint-initdb.d/databases.sql")
            .withCommand(command.toArray(String[]::new));
    removedWithTheJvm(container).start();
    return new PostgresAddress(
        container.getHost(),
        container.getMappedPort(PostgreSQLContainer.POSTGRESQL_PORT),
        PostgresServer.SUPERUSER_PASSWORD);
  }

  static String kafka() {
    KafkaContainer container = new KafkaContainer(KAFKA_IMAGE);
    KafkaServer.SETTINGS.forEach(
        (name, value) ->
            container.addEnv("KAFKA_" + name.replace('.', '_').toUpperCase(Locale.ROOT), value));
    removedWithTheJvm(container).start();
    return container.getBootstrapServers();
  }

  static String redis() {
    GenericContainer<?> container =
        new GenericContainer<>(REDIS_IMAGE).withExposedPorts(REDIS_PORT);
    removedWithTheJvm(container).start();
    return "redis://" + container.getHost() + ":" + container.getMappedPort(REDIS_PORT);
  }

  private static <T extends GenericContainer<?>> T removedWithTheJvm(T container) {
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(container::stop));
    return container;
  }
}
