package dev.payledger.testkit;

import dev.payledger.stack.server.RedisServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;

/// One real Redis for all tests of a module: a process of its own, or a container with
/// `-Pcontainers`. Tests do not know which.
public final class Redis {
  private static @Nullable String url;

  private Redis() {}

  /// The module's server, started by the first caller and stopped with the JVM.
  public static synchronized String url() {
    String running = url;
    if (running == null) {
      running = Containers.areAsked() ? Containers.redis() : another(Ports.free()).url();
      url = running;
    }
    return running;
  }

  /// A server of a test's own, which the test may kill. Stopped with the JVM unless the test closes
  /// it before.
  ///
  /// @throws TestAbortedException where there is no program for this platform; a line on the error
  ///     output says so
  public static RedisServer another(int port) {
    if (!RedisServer.isAvailable()) {
      String why =
          "SKIPPED: no Redis for this platform (%s, %s) in the test library, and no redis-server on the path. Install one (Debian: redis-server)."
              .formatted(System.getProperty("os.name"), System.getProperty("os.arch"));
      System.err.println(why);
      throw new TestAbortedException(why);
    }
    try {
      Path directory = Files.createTempDirectory("payledger-redis-");
      ProcessLogs.watch(directory);
      return RedisServer.start(directory, port);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
