package dev.payledger.stack.server;

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
import redis.embedded.RedisExecProvider;
import redis.embedded.exceptions.OsDetectionException;

/// A real Redis as a child process. It stores nothing: after each start it is empty.
public final class RedisServer implements AutoCloseable {
  private static final Duration READY_WITHIN = Duration.ofSeconds(10);

  private final Process process;
  private final int port;

  private RedisServer(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /// Whether there is a program for this platform. Without one `start` fails.
  public static boolean isAvailable() {
    return !Binary.PATH.isEmpty();
  }

  /// Starts a server on 127.0.0.1 and waits until it answers.
  ///
  /// @param directory its working directory, with its log in the file `log`
  public static RedisServer start(Path directory, int port) throws IOException {
    Path log = directory.resolve("log");
    Process process =
        new ProcessBuilder(
                List.of(
                    Binary.PATH,
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
            .redirectOutput(log.toFile())
            .start();
    RedisServer server = new RedisServer(process, port);
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(server::close));
    long deadline = System.nanoTime() + READY_WITHIN.toNanos();
    while (!server.send("PING").startsWith("+PONG")) {
      // The pause between two questions ends early when the process ends.
      if (Processes.exitsWithin(process.toHandle(), Duration.ofMillis(10))) {
        throw new IOException("Redis ended while starting; its log is " + log);
      }
      if (System.nanoTime() > deadline) {
        throw new IOException("Redis was not ready within " + READY_WITHIN + "; its log is " + log);
      }
    }
    return server;
  }

  public int port() {
    return port;
  }

  public String url() {
    return "redis://127.0.0.1:" + port;
  }

  /// Deletes all keys.
  public void flush() {
    if (!send("FLUSHALL").startsWith("+OK")) {
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

  /// Sends one command and returns the first bytes of the reply; empty when the server does not
  /// answer.
  private String send(String command) {
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
  }
}
