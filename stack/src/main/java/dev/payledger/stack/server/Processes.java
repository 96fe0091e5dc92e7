package dev.payledger.stack.server;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Ending operating system processes, and waiting for it with a bound.
public final class Processes {
  private Processes() {}

  /// The `java` that this process runs on.
  public static Path java() {
    return Path.of(System.getProperty("java.home"), "bin", "java");
  }

  /// Asks the process to end and kills it when it has not within the bound.
  public static void stop(ProcessHandle process, Duration bound) {
    process.destroy();
    if (!exitsWithin(process, bound)) {
      process.destroyForcibly();
      exitsWithin(process, Duration.ofSeconds(5));
    }
  }

  /// Waits; true when the process has ended.
  public static boolean exitsWithin(ProcessHandle process, Duration bound) {
    CompletableFuture<ProcessHandle> exit = process.onExit();
    try {
      exit.get(bound.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /// Sends a signal, by its `kill` option as in `-STOP`, to the process and its descendants.
  /// PostgreSQL is many processes; its postmaster alone only accepts new connections.
  public static void signalAll(ProcessHandle process, String option) throws IOException {
    signal(process, option);
    for (ProcessHandle child : process.descendants().toList()) {
      try {
        signal(child, option);
      } catch (IOException e) {
        // One that has ended by itself meanwhile needs no signal.
        if (child.isAlive()) {
          throw e;
        }
      }
    }
  }

  private static void signal(ProcessHandle process, String option) throws IOException {
    Process kill = new ProcessBuilder("kill", option, Long.toString(process.pid())).start();
    try {
      if (!kill.waitFor(5, TimeUnit.SECONDS) || kill.exitValue() != 0) {
        throw new IOException("kill " + option + " " + process.pid() + " failed");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
