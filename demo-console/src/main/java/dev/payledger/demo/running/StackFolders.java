package dev.payledger.demo.running;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// Where things are.
///
/// @param work data, logs and the state file of one stack
public record StackFolders(Path repository, Path work) {
  /// The user's stack.
  public static StackFolders of(Path repository) {
    return new StackFolders(repository, repository.resolve(".demo"));
  }

  /// A stack of its own beside the user's, for the check.
  public StackFolders forCheck() {
    return new StackFolders(repository, repository.resolve(".demo/check"));
  }

  public Path state() {
    return work.resolve("state.json");
  }

  public Path logs() {
    return work.resolve("logs");
  }

  public Path launcherLog() {
    return logs().resolve("launcher.log");
  }

  /// Where the containers' gateway is published. The compose file knows the variable too.
  public static int gatewayPort() {
    return Integer.parseInt(System.getenv().getOrDefault("GATEWAY_PORT", "8080"));
  }

  Path postgres() {
    return work.resolve("postgres");
  }

  /// Forgets everything that was stored: database, broker and with it the relay's offsets,
  /// together, since each would refuse the others' past.
  public void wipe() throws IOException {
    for (String part :
        List.of("postgres", "kafka", "kafka.properties", "logs", "secrets.properties")) {
      Path path = work.resolve(part);
      if (Files.exists(path)) {
        try (Stream<Path> files = Files.walk(path)) {
          for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
            Files.delete(file);
          }
        }
      }
    }
  }
}
