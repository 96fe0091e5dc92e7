package dev.payledger.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Archives of the classes that a service loads at its start. `JavaCommand` uses them, and the
/// start takes half the time.
///
/// One thread makes archives; another one may close.
final class ClassArchives implements AutoCloseable {
  private static final Duration BOUND = Duration.ofMinutes(5);

  private final Path repository;
  private final ServiceEnvironment environment;
  private volatile @Nullable Process instance;
  private volatile boolean closed;

  ClassArchives(Path repository, ServiceEnvironment environment) {
    this.repository = repository;
    this.environment = environment;
  }

  /// Starts a second instance of the service, up to the moment before it begins to work, and keeps
  /// its classes.
  void make(Service service, Path log) throws IOException {
    ExtractedJar jar = ExtractedJar.of(repository, service);
    if (closed || Files.exists(jar.cache())) {
      return;
    }
    ProcessBuilder builder =
        environment
            .process(service, JavaCommand.archive(service, jar), log)
            .directory(jar.directory().toFile());
    // The running instance has the ports.
    builder.environment().putAll(Map.of("SERVER_PORT", "0", "MANAGEMENT_SERVER_PORT", "0"));
    Process process = builder.start();
    instance = process;
    if (closed) {
      process.destroyForcibly();
    }
    if (!endsWithin(process)) {
      process.destroyForcibly();
    } else if (process.exitValue() == 0 && Files.exists(jar.unfinishedCache())) {
      Files.move(jar.unfinishedCache(), jar.cache(), StandardCopyOption.REPLACE_EXISTING);
    }
    instance = null;
  }

  /// Ends the instance that runs, if there is one, and starts no other.
  @Override
  public void close() {
    closed = true;
    Process process = instance;
    if (process != null) {
      process.destroyForcibly();
    }
  }

  // `Process.waitFor` and not its handle: the handle may end a moment before the exit value is
  // known.
  private static boolean endsWithin(Process process) {
    try {
      return process.waitFor(BOUND);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
