package dev.payledger.demo;

import dev.payledger.demo.journey.GatewayClient;
import dev.payledger.demo.journey.Journey;
import dev.payledger.demo.journey.Refusal;
import dev.payledger.demo.journey.Seed;
import dev.payledger.demo.running.LogFile;
import dev.payledger.demo.running.Machine;
import dev.payledger.demo.running.Preflight;
import dev.payledger.demo.running.StackFolders;
import dev.payledger.demo.running.StackState;
import dev.payledger.stack.LocalStack;
import dev.payledger.stack.NotReadyException;
import dev.payledger.stack.Service;
import dev.payledger.stack.StackPorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;

/// The life of a launcher: look around, start everything, show it, stay, stop everything. Whatever
/// ends it, but a `kill -9`, takes the stack down in order.
final class Launch {
  /// What a shell calls a process that ended by SIGTERM.
  private static final int TERMINATED = 143;

  private final StackFolders folders;
  private final LocalStack stack;
  private final long began = System.nanoTime();
  private final CountDownLatch ended = new CountDownLatch(1);
  // Processes change on several threads; the file must end with what was true last.
  private final ReentrantLock stateLock = new ReentrantLock();
  // A signal and the end of the work may both stop the stack; the second waits for the first.
  private final ReentrantLock downLock = new ReentrantLock();
  private volatile boolean ready;
  private volatile boolean stopping;
  private boolean down;

  Launch(StackFolders folders) {
    this.folders = folders;
    this.stack =
        new LocalStack(folders.work(), folders.repository(), new StackPorts(0), this::progress)
            .onChange(this::record);
  }

  /// Runs until the process is told to end.
  void stay(boolean talks) throws IOException, Refusal {
    try {
      up();
      show(talks);
      archiveClasses();
      ended.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      down();
    }
  }

  private GatewayClient client() throws IOException {
    return new GatewayClient(stack.url(Service.GATEWAY), stack.secrets().value("OPERATOR_SECRET"));
  }

  private void show(boolean talks) throws IOException {
    try (GatewayClient gateway = client()) {
      if (talks) {
        Words.firstTransfer(System.out::println, gateway);
        Words.whatToTry(System.out::println, stack.url(Service.GATEWAY));
      }
      readyLine();
      ready = true;
      record();
    }
  }

  /// The scripted journey; true when all of it went as promised.
  boolean check() throws IOException, Refusal {
    try {
      folders.wipe();
      up();
      try (GatewayClient gateway = client()) {
        readyLine();
        boolean passed = new Journey(gateway, System.out::println).run();
        System.out.println(passed ? "All as promised." : "NOT all as promised.");
        return passed;
      }
    } finally {
      down();
    }
  }

  private void up() throws IOException, Refusal {
    Preflight.run(folders, stack.ports(), this::progress);
    Termination.run(
        () -> {
          down();
          System.exit(TERMINATED);
        });
    Supervisor supervisor = new Supervisor(stack, this::progress);
    try {
      stack.startAll();
      stack.onUnexpectedExit(supervisor::restart);
      try (GatewayClient gateway = client()) {
        Seed.run(gateway);
      }
      progress("alice, bob and carol have their money");
    } catch (NotReadyException e) {
      if (!stopping) {
        new LogFile(stack.log(e.service())).tail(25).forEach(System.out::println);
      }
      throw didNotStart(e);
    } catch (IOException | IllegalStateException e) {
      throw didNotStart(e);
    }
  }

  private Refusal didNotStart(Exception e) {
    return new Refusal(
        stopping
            ? "Stopped while starting."
            : "The stack did not start: "
                + e.getMessage()
                + ". Logs are in "
                + folders.logs()
                + ".");
  }

  private void down() {
    stopping = true;
    downLock.lock();
    try {
      if (down || stack.processes().isEmpty()) {
        return;
      }
      down = true;
      long stopBegan = System.nanoTime();
      progress("stopping everything");
      stack.close();
      Files.deleteIfExists(folders.state());
      progress("stopped in %.1f s".formatted((System.nanoTime() - stopBegan) / 1e9));
    } catch (IOException e) {
      progress("stopping was not clean: " + e.getMessage() + "; ./demo down finishes it");
    } finally {
      downLock.unlock();
      ended.countDown();
    }
  }

  // One after the other and with the lowest priority, so that the stack is not slower.
  private void archiveClasses() {
    Thread.ofVirtual()
        .start(
            () -> {
              for (Service service : Service.ours()) {
                try {
                  stack.archiveClasses(service);
                } catch (IOException e) {
                  progress("the next start of " + service.title() + " will not be quicker: " + e);
                }
              }
            });
  }

  private void readyLine() {
    OptionalLong pss = Machine.totalPss(ProcessHandle.current().pid(), stack.processes().values());
    System.out.printf(
        "Ready after %.1f s.%s%n",
        (System.nanoTime() - began) / 1e9,
        pss.isPresent()
            ? " Memory of all processes (PSS): " + Machine.megabytes(pss.getAsLong()) + "."
            : "");
  }

  private void record() {
    stateLock.lock();
    try {
      if (!stopping) {
        StackState.of(stack.ports().offset(), ready, stack.processes()).write(folders.state());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      stateLock.unlock();
    }
  }

  private void progress(String step) {
    System.out.printf("%6.1f s  %s%n", (System.nanoTime() - began) / 1e9, step);
  }
}
