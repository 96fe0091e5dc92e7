package dev.payledger.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The variables that each service's process starts with: the addresses of the stack, the service's
/// own secrets, and what a caller adds. Later ones replace earlier ones.
///
/// Thread-safe.
final class ServiceEnvironment {
  private final Path work;
  private final StackPorts ports;
  private final Map<Service, Map<String, String>> added = new ConcurrentHashMap<>();
  private @Nullable StackSecrets secrets;

  ServiceEnvironment(Path work, StackPorts ports) {
    this.work = work;
    this.ports = ports;
  }

  void add(Service service, Map<String, String> variables) {
    added.merge(
        service,
        Map.copyOf(variables),
        (left, right) -> {
          Map<String, String> both = new HashMap<>(left);
          both.putAll(right);
          return both;
        });
  }

  void remove(Service service, Set<String> variables) {
    added.computeIfPresent(
        service,
        (_, before) -> {
          Map<String, String> left = new HashMap<>(before);
          left.keySet().removeAll(variables);
          return left;
        });
  }

  /// Made at the first call, together with the work folder.
  synchronized StackSecrets secrets() throws IOException {
    StackSecrets known = secrets;
    if (known == null) {
      createPrivateFolder();
      known = StackSecrets.make(work);
      secrets = known;
    }
    return known;
  }

  /// A process of the service that appends what it prints to the log.
  ProcessBuilder process(Service service, List<String> command, Path log) throws IOException {
    Files.createDirectories(log.getParent());
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(work.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    // The launcher's shell may have the secrets of one service, from `./demo secrets`.
    builder.environment().keySet().removeAll(secrets().variables());
    builder.environment().putAll(addresses(service));
    builder.environment().putAll(secrets().of(service));
    builder.environment().putAll(added.getOrDefault(service, Map.of()));
    return builder;
  }

  /// Only the user who runs the stack can open data, logs, passwords and binaries. A folder that
  /// exists gets the same permissions.
  private void createPrivateFolder() throws IOException {
    Files.createDirectories(work);
    Files.setPosixFilePermissions(work, PosixFilePermissions.fromString("rwx------"));
  }

  /// Where each part of the stack listens, in the variables that every service reads.
  private Map<String, String> addresses(Service service) {
    return Map.ofEntries(
        Map.entry("SERVER_ADDRESS", "127.0.0.1"),
        Map.entry("SERVER_PORT", Integer.toString(ports.of(service))),
        Map.entry("MANAGEMENT_SERVER_PORT", Integer.toString(ports.managementOf(service))),
        Map.entry("POSTGRES_HOST", "127.0.0.1"),
        Map.entry("POSTGRES_PORT", Integer.toString(ports.of(Service.POSTGRES))),
        Map.entry("KAFKA_BOOTSTRAP_SERVERS", ports.kafkaBootstrapServers()),
        Map.entry("LEDGER_URL", ports.url(Service.LEDGER).toString()),
        Map.entry("FRAUD_URL", ports.url(Service.FRAUD).toString()),
        Map.entry("NOTIFY_EU_URL", ports.url(Service.NOTIFY_EU).toString()),
        Map.entry("ISSUER_URL", ports.url(Service.GATEWAY).toString()),
        Map.entry("REPLICA", "eu"),
        Map.entry("SPRING_PROFILES_ACTIVE", "demo"));
  }
}
