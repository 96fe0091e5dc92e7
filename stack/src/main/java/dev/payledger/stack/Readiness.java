package dev.payledger.stack;

import dev.payledger.stack.server.Processes;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/// Asks a service whether it is ready.
public final class Readiness implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(2);
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();

  /// The result of the service's readiness probe: `UP`, `DOWN`, or `no answer`.
  public String of(URI managementUrl) {
    HttpRequest request =
        HttpRequest.newBuilder(managementUrl.resolve("/actuator/health/readiness"))
            .timeout(TIMEOUT)
            .build();
    try {
      return http.send(request, BodyHandlers.discarding()).statusCode() == 200 ? "UP" : "DOWN";
    } catch (IOException e) {
      return "no answer";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "no answer";
    }
  }

  /// Waits until the service is ready, and fails as soon as its process has ended.
  void await(Service service, ProcessHandle process, URI managementUrl, Duration bound) {
    long deadline = System.nanoTime() + bound.toNanos();
    while (!of(managementUrl).equals("UP")) {
      // The pause between two questions ends early when the process ends.
      if (Processes.exitsWithin(process, Duration.ofMillis(100))) {
        throw new NotReadyException(service, "ended while starting");
      }
      if (Thread.currentThread().isInterrupted() || System.nanoTime() > deadline) {
        throw new NotReadyException(
            service, "was not ready within " + bound.toSeconds() + " seconds");
      }
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
