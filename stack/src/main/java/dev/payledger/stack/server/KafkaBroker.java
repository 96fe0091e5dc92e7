package dev.payledger.stack.server;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/// The main class of a broker process: Apache Kafka itself, one KRaft node, formatted on first use.
/// Takes one argument, the properties file. `KafkaServer` starts it.
final class KafkaBroker {
  /// Setting with the users that the broker knows from its first start on; not one of Kafka's.
  static final String USERS = "payledger.users";

  private KafkaBroker() {}

  static String users(Map<String, String> passwords) {
    return passwords.entrySet().stream()
        .filter(user -> !user.getKey().equals(KafkaUsers.CONTROLLER))
        .map(
            user ->
                "%s=[name=%s,password=%s]"
                    .formatted(KafkaUsers.MECHANISM, user.getKey(), user.getValue()))
        .collect(Collectors.joining(" "));
  }

  public static void main(String[] args) throws Exception {
    Properties properties = new Properties();
    try (InputStream in = Files.newInputStream(Path.of(args[0]))) {
      properties.load(in);
    }
    format(properties);
    KafkaRaftServer server = new KafkaRaftServer(KafkaConfig.fromProps(properties), Time.SYSTEM);
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(server::shutdown));
    server.startup();
    server.awaitShutdown();
  }

  private static void format(Properties properties) throws Exception {
    String directory = properties.getProperty("log.dirs");
    if (Files.exists(Path.of(directory, "meta.properties"))) {
      return;
    }
    try {
      Formatter formatter = new Formatter();
      if (properties.containsKey(USERS)) {
        formatter.setScramArguments(List.of(properties.getProperty(USERS).split(" ")));
      }
      formatter
          .setClusterId(Uuid.randomUuid().toString())
          .setNodeId(Integer.parseInt(properties.getProperty("node.id")))
          .setControllerListenerName(properties.getProperty("controller.listener.names"))
          .setMetadataLogDirectory(directory)
          .addDirectory(directory)
          .setReleaseVersion(MetadataVersion.LATEST_PRODUCTION)
          .run();
    } catch (IOException e) {
      throw new IOException("Kafka could not format " + directory, e);
    }
  }
}
