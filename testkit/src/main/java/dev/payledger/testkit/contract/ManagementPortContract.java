package dev.payledger.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the management port of every service promises: it answers under its own names only, and
/// changes nothing without the credential. Each service runs these tests on its own port, as bytes,
/// for no HTTP client sends such hosts.
public interface ManagementPortContract {
  String CREDENTIAL = "management-credential-demo";
  String LIVENESS = "/actuator/health/liveness";

  int managementPort();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "127.0.0.1:9081",
        "127.0.0.1:",
        "localhost",
        "localhost:80",
        "LOCALHOST",
        "LocalHost:9081",
        "[::1]",
        "[::1]:9081"
      })
  default void answersUnderNamesOfLoopback(String host) {
    assertThat(get(LIVENESS, host)).startsWith("HTTP/1.1 200 ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "evil.example",
        "evil.example:9081",
        "127.0.0.1.evil.example",
        "localhost.evil",
        "localhost.",
        "evil-localhost",
        "127.0.0.2",
        "127.1",
        "0.0.0.0",
        "2130706433",
        "[::2]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[0:0:0:0:0:0:0:1]"
      })
  default void refusesOtherHosts(String host) {
    assertHostRefused(get(LIVENESS, host));
  }

  /// The container refuses them, as RFC 9112 section 3.2 asks for.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1@evil",
        "evil@127.0.0.1",
        "::1",
        "[::1",
        "[::1]evil.example",
        "localhost:x",
        "localhost:80:80",
        "127.0.0.1, evil.example",
        "127.0.0.1/evil",
        "localhost evil.example"
      })
  default void refusesMalformedHosts(String host) {
    assertThat(get(LIVENESS, host)).startsWith("HTTP/1.1 400 ").doesNotContain("UP");
  }

  @Test
  default void refusesTwoHosts() {
    for (String second : List.of("127.0.0.1", "evil.example")) {
      assertThat(get(LIVENESS, "127.0.0.1\r\nHost: " + second))
          .startsWith("HTTP/1.1 400 ")
          .doesNotContain("UP");
    }
  }

  @Test
  default void refusesOtherHostsWhateverIsAsked() {
    for (String path : List.of("/", "/actuator", "/actuator/prometheus", "/nothing", "/error")) {
      for (String method : List.of("GET", "OPTIONS", "POST", "DELETE")) {
        assertHostRefused(send(method, path, "Host: evil.example" + right()));
      }
    }
    assertThat(send("HEAD", LIVENESS, "Host: evil.example")).startsWith("HTTP/1.1 421 ");
  }

  /// The container refuses them before any filter; the filter sees the error page, where there is
  /// one.
  @Test
  default void servesNoFilesOfTheContainer() {
    for (String path : List.of("/WEB-INF/x", "/META-INF/x")) {
      assertThat(get(path, "evil.example")).containsPattern("^HTTP/1.1 (404|421) ");
      assertThat(get(path, "localhost")).containsPattern("^HTTP/1.1 (401|404) ");
    }
  }

  @Test
  default void answersReadsOfHttp10WithoutHost() {
    assertThat(exchange("GET " + LIVENESS + " HTTP/1.0\r\n\r\n")).startsWith("HTTP/1.1 200 ");
    assertHostRefused(exchange("DELETE " + LIVENESS + " HTTP/1.0" + right() + "\r\n\r\n"));
    assertThat(exchange("GET " + LIVENESS + " HTTP/1.1\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 400 ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "PATCH", "DELETE", "BREW", "get"})
  default void refusesWritesWithoutTheCredential(String method) {
    for (String path : List.of(LIVENESS, "/actuator/faults", "/actuator/signingkeys", "/nothing")) {
      for (String given :
          List.of(
              "",
              "\r\nAuthorization: Bearer",
              "\r\nAuthorization: Bearer wrong",
              "\r\nAuthorization: Bearer " + CREDENTIAL.substring(0, CREDENTIAL.length() - 1),
              right() + "2",
              "\r\nAuthorization: bearer " + CREDENTIAL,
              "\r\nAuthorization: " + CREDENTIAL,
              right() + right(),
              "\r\nX-HTTP-Method-Override: GET",
              "\r\nOrigin: http://127.0.0.1")) {
        String answer = send(method, path, "Host: 127.0.0.1" + given);
        assertProblem(answer, 401, "management-credential-required");
        assertThat(answer).contains("\r\nWWW-Authenticate: Bearer\r\n");
      }
    }
  }

  /// An endpoint that only reads refuses them then: 405.
  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "PATCH", "DELETE"})
  default void passesWritesWithTheCredential(String method) {
    assertThat(send(method, LIVENESS, "Host: 127.0.0.1" + right())).startsWith("HTTP/1.1 405 ");
  }

  @Test
  default void readsPassWithTheCredentialToo() {
    assertThat(send("GET", LIVENESS, "Host: 127.0.0.1" + right())).startsWith("HTTP/1.1 200 ");
  }

  private String get(String path, String host) {
    return send("GET", path, "Host: " + host);
  }

  private String send(String method, String path, String headers) {
    return exchange(
        method
            + " "
            + path
            + " HTTP/1.1\r\n"
            + headers
            + "\r\nContent-Type: application/json\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  }

  private String exchange(String request) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), managementPort())) {
      socket.setSoTimeout(10_000);
      OutputStream out = socket.getOutputStream();
      out.write(request.getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(request, e);
    }
  }

  private static String right() {
    return "\r\nAuthorization: Bearer " + CREDENTIAL;
  }

  private static void assertHostRefused(String answer) {
    assertProblem(answer, 421, "management-host-not-allowed");
  }

  private static void assertProblem(String answer, int status, String code) {
    assertThat(answer)
        .startsWith("HTTP/1.1 " + status + " ")
        .contains("\r\nContent-Type: application/problem+json\r\n")
        .contains("\r\nCache-Control: no-store\r\n")
        .contains("\r\nX-Content-Type-Options: nosniff\r\n")
        .contains("\"type\":\"https://payledger.dev/problems/" + code + "\"")
        .contains("\"status\":" + status + ",")
        .contains("\"code\":\"" + code + "\"")
        .contains("\"retryable\":false")
        .containsPattern("\"traceId\":\"[0-9a-f]{32}\"")
        .doesNotContain("evil", "UP");
  }
}
