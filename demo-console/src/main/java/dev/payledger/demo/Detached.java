package dev.payledger.demo;

import dev.payledger.demo.journey.Refusal;
import dev.payledger.demo.running.Preflight;
import dev.payledger.demo.running.StackFolders;
import dev.payledger.demo.running.StackState;
import dev.payledger.stack.server.Processes;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Starts a launcher in the background and stays until it is ready.
final class Detached {
  private static final Duration BOUND = Duration.ofMinutes(4);

  private Detached() {}

  static int up(StackFolders folders) throws IOException, Refusal {
    // Checked here too, so that a refusal is printed immediately and not in a log.
    Preflight.run(folders, new dev.payledger.stack.StackPorts(0), System.out::println);
    Files.createDirectories(folders.logs());
    Files.deleteIfExists(folders.launcherLog());
    Process launcher =
        new ProcessBuilder(command())
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(folders.launcherLog().toFile())
            .start();
    long printed = 0;
    long deadline = System.nanoTime() + BOUND.toNanos();
    while (true) {
      boolean ended = Processes.exitsWithin(launcher.toHandle(), Duration.ofMillis(200));
      Optional<StackState> state = StackState.read(folders.state());
      printed = print(folders.launcherLog(), printed);
      if (ended) {
        return 1;
      }
      if (state.isPresent()
          && state.get().ready()
          && state.get().launcher().pid() == launcher.pid()) {
        print(folders.launcherLog(), printed);
        System.out.println("Running in the background; ./demo down stops it.");
        return 0;
      }
      if (System.nanoTime() > deadline) {
        Processes.stop(launcher.toHandle(), Duration.ofSeconds(30));
        throw new Refusal("The stack was not ready within " + BOUND.toMinutes() + " minutes.");
      }
    }
  }

  /// The same JVM again, as a session of its own, so that a closed terminal does not take it along.
  private static List<String> command() {
    List<String> command = new ArrayList<>();
    command.add(Files.isExecutable(Path.of("/usr/bin/setsid")) ? "/usr/bin/setsid" : "nohup");
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), Demo.class.getName(), "stay"));
    return command;
  }

  private static long print(Path log, long from) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      byte[] added = new byte[(int) (file.length() - from)];
      file.seek(from);
      file.readFully(added);
      System.out.print(new String(added, StandardCharsets.UTF_8));
      System.out.flush();
      return from + added.length;
    }
  }
}
