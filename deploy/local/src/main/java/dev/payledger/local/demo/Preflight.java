package dev.payledger.local.demo;

import dev.payledger.local.Service;
import dev.payledger.local.StackPorts;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/// What must be true before anything is started; each "no" is one sentence.
final class Preflight {
  private Preflight() {}

  static void run(Place place, StackPorts ports, Consumer<String> out) throws IOException, Refusal {
    refuseIfUp(place);
    List<Service> stopped = Leftovers.stop(place);
    if (!stopped.isEmpty()) {
      out.accept("stopped what a killed launcher had left: " + Words.titles(stopped));
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

  static void refuseIfUp(Place place) throws IOException, Refusal {
    Optional<StackState> state = StackState.read(place.state());
    if (state.isPresent() && state.get().launcher().find().isPresent()) {
      throw new Refusal(
          "Already up, started by process "
              + state.get().launcher().pid()
              + ": ./demo status shows it, ./demo down stops it.");
    }
  }

  static String tooLittleMemory(long available) {
    return "Only "
        + Machine.megabytes(available)
        + " of memory are available and the stack needs "
        + Machine.megabytes(Machine.MEMORY_NEEDED_BYTES)
        + ": close something first.";
  }
}
