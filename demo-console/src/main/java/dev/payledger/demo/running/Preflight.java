package dev.payledger.demo.running;

import dev.payledger.demo.journey.Refusal;
import dev.payledger.stack.Service;
import dev.payledger.stack.StackPorts;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/// What must be true before anything is started; each "no" is one sentence.
public final class Preflight {
  private Preflight() {}

  public static void run(StackFolders folders, StackPorts ports, Consumer<String> out)
      throws IOException, Refusal {
    refuseIfUp(folders);
    List<Service> stopped = Leftovers.stop(folders);
    if (!stopped.isEmpty()) {
      out.accept("stopped what a killed launcher had left: " + Service.titles(stopped));
    }
    OptionalLong memory = Machine.availableMemoryBytes();
    if (memory.isPresent() && memory.getAsLong() < Machine.MEMORY_NEEDED_BYTES) {
      throw new Refusal(tooLittleMemory(memory.getAsLong()));
    }
    List<String> taken = Machine.takenPorts(ports);
    if (!taken.isEmpty()) {
      throw new Refusal(String.join(System.lineSeparator(), taken));
    }
  }

  public static void refuseIfUp(StackFolders folders) throws IOException, Refusal {
    Optional<StackState> state = StackState.read(folders.state());
    if (state.isPresent() && state.get().launcher().find().isPresent()) {
      throw new Refusal(
          "Already up, started by process "
              + state.get().launcher().pid()
              + ": ./demo status shows it, ./demo down stops it.");
    }
  }

  public static String tooLittleMemory(long available) {
    return "Only "
        + Machine.megabytes(available)
        + " of memory are available and the stack needs "
        + Machine.megabytes(Machine.MEMORY_NEEDED_BYTES)
        + ": close something first.";
  }
}
