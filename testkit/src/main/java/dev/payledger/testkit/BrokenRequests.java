package dev.payledger.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// What no HTTP client sends, and how every service answers: in the form of all its errors, and with
/// nothing that tells of the server.
public final class BrokenRequests {
  private static final List<String> HEADS =
      List.of(
          "GET /v1/{accounts} HTTP/1.1",
          "GET //v1/accounts HTTP/1.1",
          "GET /v1/accounts;a=b HTTP/1.1",
          "GET /v1/%2e%2e/accounts HTTP/1.1",
          "GET /v1/accounts HTTP/9.9",
          "NO-SUCH /v1/accounts HTTP/1.1",
          "GET /nothing/here HTTP/1.1",
          "POST /v1/accounts HTTP/1.1\r\nTransfer-Encoding: nonsense",
          "GET /v1/accounts HTTP/1.1\r\nX-Long: " + "x".repeat(20_000),
          "GET /v1/accounts HTTP/1.1" + "\r\nX-One: 1".repeat(200));

  private BrokenRequests() {}

  /// @param header one more line for each request, such as a credential
  public static void assertAnsweredWithProblems(int port, String header) {
    for (String head : HEADS) {
      String answer = answer(port, head + "\r\n" + header);
      String what = head.lines().findFirst().orElseThrow() + " was answered " + answer;
      assertThat(answer).as(what).containsPattern("^HTTP/1.1 (4[0-9]{2}|50[15]) ");
      assertThat(answer)
          .as(what)
          .contains("application/problem+json")
          .contains("\"type\":\"https://payledger.dev/problems/")
          .containsPattern("\"code\":\"[a-z-]+\"")
          .containsPattern("\"retryable\":(true|false)")
          .containsPattern("\"traceId\":\"[0-9a-f]{32}\"");
      assertThat(answer)
          .as(what)
          .doesNotContainIgnoringCase("tomcat")
          .doesNotContainIgnoringCase("exception")
          .doesNotContain("<html");
    }
  }

  private static String answer(int port, String head) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(10_000);
      OutputStream out = socket.getOutputStream();
      out.write(
          (head + "\r\nHost: payledger\r\nConnection: close\r\n\r\n")
              .getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(head, e);
    }
  }
}
