package dev.payledger.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

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
          "GET /v1/accounts HTTP/1.1" + "\r\nX-One: 1".repeat(200),
          "GET /v1/accounts?= HTTP/1.1",
          "GET /v1/accounts?=x HTTP/1.1",
          "GET /v1/accounts?limit HTTP/1.1",
          "GET /v1/accounts?limit= HTTP/1.1",
          "GET /v1/accounts?%ff HTTP/1.1",
          "GET /v1/accounts?cursor=%ff HTTP/1.1",
          "GET /v1/accounts?cursor=%c0%80 HTTP/1.1",
          "GET /v1/accounts?cursor=%ed%a0%80 HTTP/1.1",
          "GET /v1/accounts?cursor=%00 HTTP/1.1",
          "GET /v1/accounts?cursor=%zz HTTP/1.1",
          "GET /v1/accounts?cursor=% HTTP/1.1",
          "GET /v1/accounts?limit=1&limit=2 HTTP/1.1",
          "GET /v1/accounts?limit=1&%6cimit=2 HTTP/1.1",
          "GET /v1/accounts?a" + "&a".repeat(1_000) + " HTTP/1.1",
          "GET /v1/accounts?" + names(1_200) + " HTTP/1.1",
          "POST /v1/accounts HTTP/1.1\r\nContent-Type: application/*\r\nContent-Length: 3",
          "POST /v1/accounts HTTP/1.1\r\nContent-Type: nonsense\r\nContent-Length: 3",
          "POST /v1/accounts HTTP/1.1\r\nContent-Length: 3\r\n"
              + "Content-Type: application/x-www-form-urlencoded",
          "POST /v1/accounts HTTP/1.1\r\nContent-Length: 3\r\n"
              + "Content-Type: multipart/form-data; boundary=x",
          "POST /v1/accounts?%ff HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 3");

  /// No form, no JSON and no part; sent with those heads that have its length.
  private static final String BODY = "%=%";

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
          .containsPattern("(?i)cache-control: .*no-store")
          .containsPattern("(?i)x-content-type-options: nosniff")
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

  private static String names(int count) {
    return IntStream.range(0, count).mapToObj(i -> "a" + i + "=").collect(Collectors.joining("&"));
  }

  private static String answer(int port, String head) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(10_000);
      OutputStream out = socket.getOutputStream();
      out.write(
          (head
                  + "\r\nHost: payledger\r\nConnection: close\r\n\r\n"
                  + (head.contains("Content-Length") ? BODY : ""))
              .getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(head, e);
    }
  }
}
