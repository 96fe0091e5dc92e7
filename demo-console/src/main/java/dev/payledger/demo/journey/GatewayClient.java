package dev.payledger.demo.journey;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A caller of the public API, such as anybody could write.
public final class GatewayClient implements AutoCloseable {
  public static final JsonMapper JSON = JsonMapper.shared();
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /// A demo value: in containers, and wherever it is not replaced.
  public static final String OPERATOR_SECRET = "operator-demo";

  private final URI gateway;
  private final String operatorSecret;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

  /// @param operatorSecret of the client `operator`
  public GatewayClient(URI gateway, String operatorSecret) {
    this.gateway = gateway;
    this.operatorSecret = operatorSecret;
  }

  /// A token for a demo client. A customer's secret is its name with `-demo` behind it.
  public String token(String client) throws IOException {
    String secret = client.equals("operator") ? operatorSecret : client + "-demo";
    String login =
        Base64.getEncoder()
            .encodeToString((client + ":" + secret).getBytes(StandardCharsets.UTF_8));
    Answer answer =
        send(
            to("/oauth2/token")
                .header("Authorization", "Basic " + login)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString("grant_type=client_credentials")));
    if (answer.status() != 200) {
      throw new IOException("no token for " + client + ": " + answer);
    }
    return answer.json().required("access_token").asString();
  }

  public Answer get(String token, String path) throws IOException {
    return send(to(path).header("Authorization", "Bearer " + token).GET());
  }

  /// @param headers name and value in turn
  public Answer post(String token, String path, String body, String... headers) throws IOException {
    HttpRequest.Builder request =
        to(path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(body));
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    if (headers.length > 0) {
      request.headers(headers);
    }
    return send(request);
  }

  private HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(gateway.resolve(path)).timeout(TIMEOUT);
  }

  private Answer send(HttpRequest.Builder request) throws IOException {
    try {
      return new Answer(http.send(request.build(), BodyHandlers.ofString()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
  }

  /// What came back.
  public record Answer(HttpResponse<String> response) {
    public int status() {
      return response.statusCode();
    }

    public String body() {
      return response.body();
    }

    public JsonNode json() {
      return JSON.readTree(body());
    }

    /// The problem's code, or nothing.
    public String code() {
      return body().startsWith("{") ? json().path("code").asString("") : "";
    }

    public boolean isReplayed() {
      return response.headers().firstValue("Idempotency-Replayed").orElse("").equals("true");
    }

    @Override
    public String toString() {
      return status() + " " + body();
    }
  }
}
