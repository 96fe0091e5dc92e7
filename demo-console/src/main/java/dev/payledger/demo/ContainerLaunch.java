package dev.payledger.demo;

import dev.payledger.demo.journey.GatewayClient;
import dev.payledger.demo.journey.Journey;
import dev.payledger.demo.journey.Refusal;
import dev.payledger.demo.running.LogFile;
import dev.payledger.demo.running.Machine;
import dev.payledger.demo.running.Preflight;
import dev.payledger.demo.running.StackFolders;
import dev.payledger.stack.ComposeStack;
import dev.payledger.stack.Service;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;

/// `up` and `--check` on containers: the engine is the launcher, this builds, waits and shows.
final class ContainerLaunch {
  /// What a shell calls a process that ended by SIGTERM.
  private static final int TERMINATED = 143;

  private final StackFolders folders;
  private final ComposeStack stack;
  private final long began = System.nanoTime();

  ContainerLaunch(StackFolders folders, String project) {
    this.folders = folders;
    this.stack = new ComposeStack(folders.repository(), project, StackFolders.gatewayPort());
  }

  void up(boolean detach, boolean fresh) throws IOException, Refusal {
    Preflight.refuseIfUp(folders);
    preflight();
    if (fresh) {
      stack.wipe();
    }
    if (!detach) {
      onSignal(
          () -> {
            stack.down();
            progress("stopped");
          });
    }
    start();
    try (GatewayClient gateway =
        new GatewayClient(stack.gateway(), GatewayClient.OPERATOR_SECRET)) {
      Words.firstTransfer(System.out::println, gateway);
      Words.whatToTry(System.out::println, stack.gateway());
    }
    System.out.println(
        "Ready after %.1f s. ".formatted((System.nanoTime() - began) / 1e9)
            + (detach ? "./demo down stops it." : "Ctrl-C stops it."));
    if (!detach) {
      awaitSignal();
    }
  }

  /// A stack of its own: walked, removed with its data, and nothing of it may be left.
  boolean check() throws IOException, Refusal {
    preflight();
    onSignal(stack::wipe);
    boolean passed;
    try {
      stack.wipe();
      start();
      try (GatewayClient gateway =
          new GatewayClient(stack.gateway(), GatewayClient.OPERATOR_SECRET)) {
        passed = new Journey(gateway, System.out::println).run();
      }
    } finally {
      stack.wipe();
    }
    List<String> remains = stack.remains();
    System.out.println(
        remains.isEmpty()
            ? "  ok      no container, volume or network is left"
            : "  FAILED  left behind: " + String.join(", ", remains));
    passed &= remains.isEmpty();
    System.out.println(passed ? "All as promised." : "NOT all as promised.");
    return passed;
  }

  private void start() throws IOException, Refusal {
    Path log = folders.work().resolve("docker-build.log");
    progress("building the images (the first time downloads what they need; log: " + log + ")");
    try {
      stack.build(log);
    } catch (IOException e) {
      new LogFile(log).tail(25).forEach(System.out::println);
      throw new Refusal("The images could not be built: " + e.getMessage() + "; log: " + log);
    }
    progress("starting the containers");
    stack.up();
    progress("every container is healthy");
  }

  private void preflight() throws IOException, Refusal {
    Optional<String> reason = ComposeStack.unavailableReason();
    if (reason.isPresent()) {
      throw new Refusal(reason.get());
    }
    OptionalLong memory = Machine.availableMemoryBytes();
    if (memory.isPresent() && memory.getAsLong() < Machine.MEMORY_NEEDED_BYTES) {
      throw new Refusal(Preflight.tooLittleMemory(memory.getAsLong()));
    }
    int port = StackFolders.gatewayPort();
    // Its own gateway may have it: up completes what runs.
    if (stack.containers().isEmpty() && !Machine.isFree(port)) {
      throw new Refusal(Machine.takenSentence(port, Service.GATEWAY, Machine.listener(port)));
    }
  }

  private void onSignal(Ending ending) {
    Termination.run(
        () -> {
          stack.interrupt();
          try {
            ending.end();
          } catch (IOException e) {
            progress("stopping was not clean: " + e.getMessage() + "; ./demo down finishes it");
          }
          System.exit(TERMINATED);
        });
  }

  private static void awaitSignal() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void progress(String step) {
    System.out.printf("%6.1f s  %s%n", (System.nanoTime() - began) / 1e9, step);
  }

  private interface Ending {
    void end() throws IOException;
  }
}
