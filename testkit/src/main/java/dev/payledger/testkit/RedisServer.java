package dev.payledger.testkit;

import dev.payledger.local.Processes;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.opentest4j.TestAbortedException;
import redis.embedded.RedisExecProvider;
import redis.embedded.exceptions.OsDetectionException;

/// A real Redis as a child process, which keeps nothing: a start is always an empty one.
public final class RedisServer implements AutoCloseable {
  private static final Duration READY_WITHIN = Duration.ofSeconds(10);

  private final Process process;
  private final int port;

  private RedisServer(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /// Starts a server on 127.0.0.1 and waits until it answers.
  ///
  /// @throws TestAbortedException where there is no binary for this platform, after saying so
  public static RedisServer start(int port) {
    try {
      Path directory = Files.createTempDirectory("payledger-redis-");
      ProcessLogs.watch(directory);
      Process process =
          new ProcessBuilder(
                  List.of(
                      Binary.path(),
                      "--port",
                      Integer.toString(port),
                      "--bind",
                      "127.0.0.1",
                      "--save",
                      "",
                      "--appendonly",
                      "no"))
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .redirectOutput(directory.resolve("log").toFile())
              .start();
      RedisServer server = new RedisServer(process, port);
      Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(server::close));
      Awaitility.await("Redis answers; its log is " + directory.resolve("log"))
          .atMost(READY_WITHIN)
          .pollInterval(Duration.ofMillis(10))
          .until(() -> server.say("PING").startsWith("+PONG"));
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int port() {
    return port;
  }

  public String url() {
    return "redis://127.0.0.1:" + port;
  }

  /// Forgets everything.
  public void flush() {
    if (!say("FLUSHALL").startsWith("+OK")) {
      throw new IllegalStateException("Redis did not flush");
    }
  }

  /// `kill -9`.
  public void kill() {
    process.destroyForcibly();
    Processes.exitsWithin(process.toHandle(), Duration.ofSeconds(10));
  }

  @Override
  public void close() {
    Processes.stop(process.toHandle(), Duration.ofSeconds(5));
  }

  /// Sends one word and returns what comes back first; empty when nobody listens.
  private String say(String command) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(2_000);
      socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
      byte[] answer = new byte[64];
      int length = Math.max(0, socket.getInputStream().read(answer));
      return new String(answer, 0, length, StandardCharsets.US_ASCII);
    } catch (IOException e) {
      return "";
    }
  }

  /// The server's program: unpacked from the test library where it has one for this platform,
  /// otherwise the one on the path.
  private static final class Binary {
    static final String PATH = find();

    private static String find() {
      try {
        return RedisExecProvider.defaultProvider().get().getAbsolutePath();
      } catch (IllegalArgumentException | OsDetectionException e) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
            .map(folder -> Path.of(folder, "redis-server"))
            .filter(Files::isExecutable)
            .map(Path::toString)
            .findFirst()
            .orElse("");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    static String path() {
      if (PATH.isEmpty()) {
        String why =
            "SKIPPED: no Redis for this platform (%s, %s) in the test library, and no redis-server on the path. Install one (Debian: redis-server)."
                .formatted(System.getProperty("os.name"), System.getProperty("os.arch"));
        System.err.println(why);
        throw new TestAbortedException(why);
      }
      return PATH;
    }
  }
}
