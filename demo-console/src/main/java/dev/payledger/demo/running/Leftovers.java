package dev.payledger.demo.running;

import dev.payledger.stack.Service;
import dev.payledger.stack.server.PostgresServer;
import dev.payledger.stack.server.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// Processes of a launcher that is gone: it was killed and could not stop them.
public final class Leftovers {
  private static final Duration STOP_BOUND = Duration.ofSeconds(15);

  private Leftovers() {}

  public static List<Service> find(StackFolders folders) throws IOException {
    return StackState.read(folders.state())
        .map(state -> List.copyOf(alive(state).keySet()))
        .orElse(List.of());
  }

  /// Stops what launchers of this checkout left, PostgreSQL last, and deletes their state files.
  public static List<Service> stop(StackFolders folders) throws IOException {
    List<Service> stopped = new ArrayList<>();
    for (StackFolders each : List.of(folders, folders.forCheck())) {
      Map<Service, ProcessHandle> alive =
          StackState.read(each.state()).map(Leftovers::alive).orElse(Map.of());
      // First all are asked to end, then each is waited for.
      alive.forEach(
          (service, process) -> {
            if (service != Service.POSTGRES) {
              process.destroy();
            }
          });
      alive.forEach(
          (service, process) -> {
            if (service != Service.POSTGRES) {
              Processes.stop(process, STOP_BOUND);
            }
          });
      // By its own pid file: one that was restarted just before the launcher died counts too.
      PostgresServer.stopLeftover(each.postgres());
      Files.deleteIfExists(each.state());
      stopped.addAll(alive.keySet());
    }
    return stopped;
  }

  private static Map<Service, ProcessHandle> alive(StackState state) {
    Map<Service, ProcessHandle> alive = new EnumMap<>(Service.class);
    state
        .processes()
        .forEach(
            (service, recorded) ->
                recorded.find().ifPresent(process -> alive.put(service, process)));
    return alive;
  }
}
