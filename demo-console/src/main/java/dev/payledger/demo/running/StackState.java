package dev.payledger.demo.running;

import dev.payledger.stack.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// What a running launcher records for later commands, in a file: processes, ports, and whether the
/// stack is ready.
public record StackState(
    RecordedProcess launcher,
    int portOffset,
    boolean ready,
    Map<Service, RecordedProcess> processes) {
  private static final JsonMapper JSON = JsonMapper.shared();

  public static Optional<StackState> read(Path file) throws IOException {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(JSON.readValue(Files.readString(file), StackState.class));
    } catch (JacksonException e) {
      throw new IOException(
          file + " is not readable; see whether processes are left and delete it", e);
    }
  }

  public static StackState of(int portOffset, boolean ready, Map<Service, ProcessHandle> running) {
    Map<Service, RecordedProcess> processes = new LinkedHashMap<>();
    for (Service service : Service.values()) {
      ProcessHandle process = running.get(service);
      if (process != null) {
        processes.put(service, RecordedProcess.of(process));
      }
    }
    return new StackState(
        RecordedProcess.of(ProcessHandle.current()), portOffset, ready, processes);
  }

  /// Replaces the file in one step: a reader sees the old state or the new one.
  public void write(Path file) throws IOException {
    Files.createDirectories(file.getParent());
    Path next = file.resolveSibling(file.getFileName() + ".next");
    Files.writeString(next, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(this));
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
