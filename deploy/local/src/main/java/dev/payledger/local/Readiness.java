package dev.payledger.local;

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

  /// What the service's readiness probe says: `UP`, `DOWN`, or `no answer`.
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

  @Override
  public void close() {
    http.shutdownNow();
  }
}
