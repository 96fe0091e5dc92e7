package dev.payledger.demo;

import dev.payledger.demo.running.Leftovers;
import dev.payledger.demo.running.Machine;
import dev.payledger.demo.running.Preflight;
import dev.payledger.demo.running.StackFolders;
import dev.payledger.demo.running.StackState;
import dev.payledger.stack.Service;
import dev.payledger.stack.StackPorts;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Checks the machine and prints each obstacle with a remedy.
final class Doctor {
  private Doctor() {}

  static int run(StackFolders folders) throws IOException {
    Optional<StackState> state = StackState.read(folders.state());
    boolean up = state.isPresent() && state.get().launcher().find().isPresent();
    boolean well = true;

    well &=
        line(
            Runtime.version().feature() == 25,
            "JDK " + Runtime.version() + " at " + System.getProperty("java.home"),
            "install a JDK 25");
    OptionalLong memory = Machine.availableMemoryBytes();
    if (memory.isPresent()) {
      well &=
          line(
              up || memory.getAsLong() >= Machine.MEMORY_NEEDED_BYTES,
              Machine.megabytes(memory.getAsLong()) + " of memory available",
              Preflight.tooLittleMemory(memory.getAsLong()));
    }
    line(true, Runtime.getRuntime().availableProcessors() + " processors", "");
    List<Service> left = up ? List.of() : Leftovers.find(folders);
    well &=
        line(
            left.isEmpty(),
            up ? "the stack is up" : "nothing left from a killed launcher",
            "left from a killed launcher: " + Service.titles(left) + "; ./demo down stops it");
    if (!up && left.isEmpty()) {
      List<String> taken = Machine.takenPorts(new StackPorts(0));
      well &= line(taken.isEmpty(), "all ports are free", String.join(" ", taken));
    }
    return well ? 0 : 1;
  }

  private static boolean line(boolean fine, String found, String remedy) {
    System.out.println((fine ? "ok      " + found : "PROBLEM " + remedy));
    return fine;
  }
}
