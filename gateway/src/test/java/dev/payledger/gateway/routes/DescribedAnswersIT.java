package dev.payledger.gateway.routes;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.gateway.Downstream.Reply;
import dev.payledger.gateway.GatewayUnderTest;
import dev.payledger.testkit.OpenApi;
import dev.payledger.testkit.OpenApi.Operation;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Refusals of broken requests at every route are described in `openapi.yaml`.
class DescribedAnswersIT extends GatewayUnderTest {
  @BeforeEach
  void answers() {
    ledger.answers(request -> Reply.json(200, "{}"));
    feed.answers(request -> Reply.json(200, "{}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Accept: application/json",
        "Authorization: Bearer x",
        "Authorization: Basic x",
        "Authorization: Basic YWxpY2U6eA==",
        "Authorization: Nonsense",
        "Authorization: Bearer x\r\nAuthorization: Bearer x",
        "Request-Timeout-Ms: x",
        "Content-Length: 20000000",
        "Content-Length: 5000",
        "Content-Type: text/plain",
        "Content-Type: multipart/form-data; boundary=x",
        "Accept: nonsense",
        "Accept: text/csv",
        "Idempotency-Key: a, b"
      })
  void refusalIsDescribed(String header) throws IOException {
    OpenApi api = OpenApi.of(description());
    for (Operation operation : api.operations()) {
      for (String query : List.of("", "?nonsense=1", "?%ff")) {
        String path = operation.path().replace("{id}", ALICE_EUR) + query;
        String answer = answer(operation.method() + " " + path, header);
        int status = Integer.parseInt(answer.substring(9, 12));
        if (status >= 400) {
          String what = operation + query + " with " + header + ": " + answer;
          assertThat(status).as(what).isBetween(400, 499);
          assertDescribed(api, operation, status, answer, what);
        }
      }
    }
  }

  @Test
  @ExtendWith(OutputCaptureExtension.class)
  void unreadableQueryIsRefusedOnEveryRoute(CapturedOutput log) throws IOException {
    String names = IntStream.range(0, 1_000).mapToObj(i -> "a" + i).collect(joining("&"));
    OpenApi api = OpenApi.of(description());
    for (Operation operation : api.operations()) {
      for (String query : List.of("=", "%ff", "%c0%80", names)) {
        String path = operation.path().replace("{id}", ALICE_EUR) + "?" + query;
        String answer = answer(operation.method() + " " + path, "Accept: */*");
        String what = operation + "?" + query + ": " + answer;
        assertThat(answer).as(what).startsWith("HTTP/1.1 400 ");
        assertDescribed(api, operation, 400, answer, what);
      }
    }
    assertThat(log.getAll()).doesNotContain("Exception", "\tat ");
  }

  private static void assertDescribed(
      OpenApi api, Operation operation, int status, String answer, String what) {
    JsonNode content = api.content(operation, status);
    assertThat(content).as("not described: " + what).isNotNull();
    String mediaType = answer.replaceAll("(?s).*\r\n(?i:content-type): ([a-z/+]+).*", "$1");
    assertThat(content.has(mediaType)).as("not described: " + what).isTrue();
    JsonNode body = JsonMapper.shared().readTree(answer.substring(answer.indexOf("\r\n\r\n") + 4));
    assertThat(api.faults(content.get(mediaType).get("schema"), body)).as(what).isEmpty();
  }

  private String answer(String head, String header) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(20_000);
      OutputStream out = socket.getOutputStream();
      out.write(
          (head + " HTTP/1.1\r\nHost: payledger\r\nConnection: close\r\n" + header + "\r\n\r\n")
              .getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
      if (header.startsWith("Content-Length: 5")) {
        out.write(("a=" + "x".repeat(4998)).getBytes(StandardCharsets.ISO_8859_1));
      }
      // The announced body is not sent: the gateway must not wait for it.
      socket.shutdownOutput();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String description() throws IOException {
    try (InputStream yaml = DescribedAnswersIT.class.getResourceAsStream("/openapi.yaml")) {
      return new String(Objects.requireNonNull(yaml).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
