package dev.payledger.stack;

import dev.payledger.stack.server.Processes;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/// How a service's JVM is started: small, and quick on two cores.
final class JavaCommand {
  private JavaCommand() {}

  static List<String> start(Service service, ExtractedJar jar) {
    List<String> command = new ArrayList<>(base(service));
    if (Files.exists(jar.cache())) {
      command.add("-XX:SharedArchiveFile=" + jar.cache());
    }
    return withJar(command, jar);
  }

  /// Starts up to the moment before work begins, and writes the loaded classes to a file at its
  /// end.
  static List<String> archive(Service service, ExtractedJar jar) {
    List<String> command = new ArrayList<>(List.of("nice", "-n", "19"));
    command.addAll(base(service));
    command.add("-XX:ArchiveClassesAtExit=" + jar.unfinishedCache());
    command.add("-Dspring.context.exit=onRefresh");
    return withJar(command, jar);
  }

  private static List<String> base(Service service) {
    return List.of(
        Processes.java().toString(),
        "-Xmx" + service.heapMegabytes() + "m",
        "-XX:+UseSerialGC",
        // The first compiler alone: optimising costs two cores more than it gives back in a demo.
        "-XX:TieredStopAtLevel=1",
        // No option that touches modules: the JVM would set half of its class archive aside.
        "-XX:+ExitOnOutOfMemoryError");
  }

  private static List<String> withJar(List<String> command, ExtractedJar jar) {
    command.add("-jar");
    command.add(jar.jar().toString());
    return command;
  }
}
