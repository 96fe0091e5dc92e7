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

/// What no HTTP client sends, and how every service answers: in the form of all its errors, and
/// with nothing that tells of the server.
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
          "POST /v1/accounts HTTP/1.1\r\nContent-Type: application/*\r\nContent-Length: 0",
          "POST /v1/accounts HTTP/1.1\r\nContent-Type: /;=\r\nContent-Length: 0",
          "GET /v1/accounts HTTP/1.1\r\nX-Long: " + "x".repeat(20_000),
          "GET /v1/accounts HTTP/1.1" + "\r\nX-One: 1".repeat(200),
          "GET /v1/accounts?= HTTP/1.1",
          "GET /v1/accounts?%ff HTTP/1.1",
          "GET /v1/accounts?" + names(1_000) + " HTTP/1.1",
          "POST /v1/accounts HTTP/1.1\r\nContent-Type: application/*\r\nContent-Length: 3",
          "POST /v1/accounts HTTP/1.1\r\nContent-Type: nonsense\r\nContent-Length: 3",
          "POST /v1/accounts HTTP/1.1\r\nContent-Length: 3\r\n"
              + "Content-Type: application/x-www-form-urlencoded",
          "POST /v1/accounts HTTP/1.1\r\nContent-Length: 3\r\n"
              + "Content-Type: multipart/form-data; boundary=x",
          "POST /v1/accounts?%ff HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 3");

  /// Neither a form nor JSON nor multipart; sent with the heads that have a Content-Length.
  private static final String BODY = "%=%";

  /// Queries that no route accepts: a parameter without a name or a value or given twice, bytes
  /// that are not UTF-8, too many names.
  private static final List<String> QUERIES =
      List.of(
          "=",
          "=x",
          "a=1&=",
          "a",
          "a=",
          "a=1&a=2",
          "a=1&%61=2",
          "%ff",
          "a=%ff",
          "%c0%80",
          "%c0%80=1",
          "a=%ed%a0%80",
          "a=%00",
          "a=%zz",
          "a=%",
          names(1_000),
          names(1_200));

  private BrokenRequests() {}

  /// @param path of a route, which would answer without the query
  /// @param header one more line for each request, such as a credential
  public static void assertQueriesRefused(int port, String path, String header) {
    QUERIES.forEach(query -> assertQueryRefused(port, path, query, header));
  }

  public static void assertQueryRefused(int port, String path, String query, String header) {
    String answer = answer(port, "GET " + path + "?" + query + " HTTP/1.1" + "\r\n" + header);
    assertThat(answer)
        .as("%s?%.30s was answered %s", path, query, answer)
        .startsWith("HTTP/1.1 400 ")
        .contains("application/problem+json")
        .contains("\"code\":\"invalid-request\"");
  }

  /// @param header one more line for each request, such as a credential
  public static void assertAnsweredWithProblems(int port, String header) {
    for (String head : HEADS) {
      String answer = answer(port, head + "\r\n" + header);
      String what = head.lines().findFirst().orElseThrow() + " was answered " + answer;
      assertThat(answer).as(what).containsPattern("^HTTP/1.1 (4[0-9]{2}|50[15]) ");
      assertThat(answer)
          .as(what)
          .contains("application/problem+json")
          .containsPattern("(?i)\r\ncache-control: [^\r]*no-store")
          .containsPattern("(?i)\r\nx-content-type-options: nosniff\r\n")
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
