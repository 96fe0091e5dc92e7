package dev.payledger.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.gateway.Downstream.Arrived;
import dev.payledger.gateway.Downstream.Reply;
import dev.payledger.testkit.BrokenRequests;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.core.io.ClassPathResource;

class GatewayFilterChainIT extends GatewayUnderTest {
  private static final String TRANSFERS = "/v1/transfers";

  @LocalManagementPort private int managementPort;

  @BeforeEach
  void servicesAnswer() {
    ledger.answers(request -> Reply.json(200, "{\"from\":\"ledger\"}"));
    feed.answers(request -> Reply.json(200, "{\"from\":\"feed\"}"));
  }

  @Test
  void readsReachTheirServiceAsTheyCame() {
    assertThat(get("alice", "/v1/accounts/" + ALICE_EUR + "/entries?limit=5&cursor=a%2Bb").body())
        .contains("ledger");
    Arrived arrived = ledger.arrived().getFirst();
    assertThat(arrived.method()).isEqualTo("GET");
    assertThat(arrived.target())
        .isEqualTo("/v1/accounts/" + ALICE_EUR + "/entries?limit=5&cursor=a%2Bb");
    assertThat(arrived.commandId()).isEmpty();
    assertThat(get("alice", "/v1/accounts/" + ALICE_EUR + "/feed").body()).contains("feed");
    assertThat(feed.arrived()).hasSize(1);
    assertThat(ledger.arrived()).hasSize(1);
  }

  @Test
  void onlyAFewHeadersPassEitherWay() {
    HttpResponse<String> response =
        send(
            as("alice", "/v1/accounts")
                .header("X-Forwarded-For", "192.0.2.1")
                .header("Cookie", "a=b")
                .header("X-Custom", "x")
                .header("Command-Id", "11111111-1111-1111-1111-111111111111")
                .header("X-HTTP-Method-Override", "DELETE"));
    Arrived arrived = ledger.arrived().getFirst();
    assertThat(arrived.method()).isEqualTo("GET");
    assertThat(arrived.headerNames())
        .map(String::toLowerCase)
        .isSubsetOf(
            "authorization",
            "traceparent",
            "request-timeout-ms",
            "host",
            "user-agent",
            "content-length");
    assertThat(header(response, "X-Internal")).isEmpty();
    assertThat(header(response, "Server")).isEmpty();
    assertThat(header(response, "X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(header(response, "Cache-Control")).isEqualTo("no-store");
  }

  @Test
  void anAddressBehindTheGatewayIsNotShown() {
    ledger.answers(request -> Reply.json(201, "{}").at("http://127.0.0.1:8081/v1/transfers/1"));
    HttpResponse<String> response = post("alice", TRANSFERS, newKey(), transfer(1));
    assertThat(response.statusCode()).isEqualTo(201);
    assertThat(header(response, "Location")).isEmpty();
    ledger.answers(
        request ->
            Reply.json(200, "{}").linkedTo("<http://127.0.0.1:8081/v1/accounts>; rel=\"next\""));
    assertThat(header(get("alice", "/v1/accounts"), "Link")).isEmpty();
  }

  @Test
  void aLinkToTheNextPageGoesThrough() {
    String next = "</v1/accounts?cursor=x>; rel=\"next\"";
    ledger.answers(request -> Reply.json(200, "{}").linkedTo(next));
    assertThat(header(get("alice", "/v1/accounts"), "Link")).isEqualTo(next);
  }

  @Test
  void theTraceGoesThrough() {
    String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    send(as("alice", "/v1/accounts").header("traceparent", "00-" + trace + "-00f067aa0ba902b7-01"));
    assertThat(ledger.arrived().getFirst().traceparent())
        .startsWith("00-" + trace + "-")
        .doesNotContain("00f067aa0ba902b7");
    HttpResponse<String> refused =
        send(
            as("alice", "/v1/nothing")
                .header("traceparent", "00-" + trace + "-00f067aa0ba902b7-01"));
    assertThat(json(refused).get("traceId").stringValue()).isEqualTo(trace);
    get("alice", "/v1/accounts");
    assertThat(ledger.arrived().getLast().traceparent())
        .matches("00-[0-9a-f]{32}-[0-9a-f]{16}-01")
        .doesNotContain(trace);
  }

  @Test
  void deadlineIsCappedAndPassedOn() {
    send(as("alice", "/v1/accounts").header("Request-Timeout-Ms", "4000"));
    send(as("alice", "/v1/accounts").header("Request-Timeout-Ms", "999999999"));
    get("alice", "/v1/accounts");
    List<Integer> passedOn =
        ledger.arrived().stream().map(Arrived::timeoutMs).map(Integer::valueOf).toList();
    assertThat(passedOn.get(0)).isBetween(100, 3_750);
    assertThat(passedOn.get(1)).isBetween(20_000, 29_750);
    assertThat(passedOn.get(2)).isBetween(100, 4_750);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "1.5", "abc", "10000000000", "1s"})
  void aTimeThatIsNoPositiveNumberIsRefused(String time) {
    assertProblem(
        send(as("alice", "/v1/accounts").header("Request-Timeout-Ms", time)),
        400,
        "invalid-request");
  }

  @Test
  void whatIsNotServedIsNotFoundAndOtherMethodsAreToldSo() {
    for (String path :
        List.of("/", "/v1", "/v1/transfers/x", "/actuator/health", "/v1/operator", "/error")) {
      assertProblem(get("alice", path), 404, "not-found");
    }
    HttpResponse<String> deleted = send(as("alice", TRANSFERS).DELETE());
    assertProblem(deleted, 405, "method-not-allowed");
    assertThat(header(deleted, "Allow")).isEqualTo("GET, POST");
    HttpResponse<String> traced =
        send(as("alice", "/v1/transfers").method("TRACE", BodyPublishers.noBody()));
    assertProblem(traced, 405, "method-not-allowed");
    assertThat(traced.headers().allValues("Allow")).containsExactly("GET, POST");
    for (String method : List.of("PUT", "PATCH", "OPTIONS", "PROPFIND")) {
      assertProblem(
          send(as("alice", "/v1/accounts").method(method, BodyPublishers.noBody())),
          405,
          "method-not-allowed");
    }
    assertThat(ledger.arrived()).isEmpty();
  }

  @Test
  void aBodyHasAtMost16KiBWhetherItSaysSoOrNot() {
    String large = transfer(1) + " ".repeat(16 * 1024);
    assertProblem(post("alice", TRANSFERS, newKey(), large), 413, "payload-too-large");
    HttpRequest.Builder chunked =
        as("alice", TRANSFERS)
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", newKey())
            .POST(
                BodyPublishers.ofInputStream(
                    () -> new ByteArrayInputStream(large.getBytes(StandardCharsets.UTF_8))));
    assertProblem(send(chunked), 413, "payload-too-large");
    assertThat(ledger.arrived()).isEmpty();
  }

  @Test
  void theDescriptionIsForAnybodyAndMayBeKept() throws IOException {
    HttpResponse<String> whole = send(anonymously("/v1/openapi.yaml"));
    assertThat(whole.statusCode()).isEqualTo(200);
    assertThat(whole.body())
        .isEqualTo(
            new ClassPathResource("openapi.yaml").getContentAsString(StandardCharsets.UTF_8));
    assertThat(header(whole, "Content-Type")).isEqualTo("application/yaml");
    assertThat(whole.headers().allValues("Cache-Control")).containsExactly("public, max-age=3600");
    HttpResponse<String> unchanged =
        send(anonymously("/v1/openapi.yaml").header("If-None-Match", header(whole, "ETag")));
    assertThat(unchanged.statusCode()).isEqualTo(304);
    assertThat(unchanged.body()).isEmpty();
    assertThat(
            send(anonymously("/v1/openapi.yaml").header("If-None-Match", "\"another\""))
                .statusCode())
        .isEqualTo(200);
    assertThat(ledger.arrived()).isEmpty();
  }

  @Test
  void aBatchHasAMebibyteWhereOthersHave16KiB() {
    String batch = "{\"items\":[" + transfer(1) + "]" + " ".repeat(1024 * 1024 - 200) + "}";
    assertThat(post("alice", "/v1/transfer-batches", newKey(), batch).statusCode()).isEqualTo(200);
    assertThat(ledger.arrived()).hasSize(1);
    HttpResponse<String> refused =
        post("alice", "/v1/transfer-batches", newKey(), batch + " ".repeat(200));
    assertProblem(refused, 413, "payload-too-large");
    assertThat(json(refused).get("detail").stringValue()).contains("1048576");
    assertThat(ledger.arrived()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/plain",
        "application/xml",
        "application/json;charset=utf-16",
        "application/json;charset=iso-8859-1",
        "application/x-www-form-urlencoded",
        "application/jsonx",
        "json"
      })
  void aBodyIsJsonInUtf8(String contentType) {
    HttpRequest.Builder request =
        as("alice", TRANSFERS)
            .header("Content-Type", contentType)
            .header("Idempotency-Key", newKey())
            .POST(BodyPublishers.ofString(transfer(1)));
    assertProblem(send(request), 415, "unsupported-media-type");
  }

  @Test
  void compressedBodiesAndBodiesWithoutATypeAreRefused() {
    assertProblem(
        send(
            posting("alice", TRANSFERS, transfer(1))
                .header("Idempotency-Key", newKey())
                .header("Content-Encoding", "gzip")),
        415,
        "unsupported-media-type");
    assertProblem(
        send(
            as("alice", TRANSFERS)
                .header("Idempotency-Key", newKey())
                .POST(BodyPublishers.ofString(transfer(1)))),
        415,
        "unsupported-media-type");
    assertThat(
            send(as("alice", TRANSFERS)
                    .header("Idempotency-Key", newKey())
                    .header("Content-Type", "Application/JSON; charset=UTF-8")
                    .POST(BodyPublishers.ofString(transfer(1))))
                .statusCode())
        .isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"amountMinor\":0",
        "\"amountMinor\":-5",
        "\"amountMinor\":1.5",
        "\"amountMinor\":\"10\"",
        "\"amountMinor\":1e2",
        "\"amountMinor\":1,\"balance\":1",
        "\"amountMinor\":1,\"amountMinor\":1000",
        "\"amountMinor\":1}{",
      })
  void strictJsonIsAskedFor(String member) {
    HttpResponse<String> response =
        post("alice", TRANSFERS, newKey(), transfer(1).replace("\"amountMinor\":1", member));
    assertProblem(response, 400, "invalid-request");
    assertThat(response.body()).doesNotContain("jackson").doesNotContain("Exception");
    assertThat(ledger.arrived()).isEmpty();
  }

  @Test
  void theBodyReachesTheLedgerByteForByte() {
    String body = " " + transfer(7).replace(":", " : ") + "\n";
    post("alice", TRANSFERS, newKey(), body);
    assertThat(ledger.arrived().getFirst().body()).isEqualTo(body);
  }

  @Test
  void aQueryIsBoundedAndWellFormed() {
    assertProblem(get("alice", "/v1/accounts?cursor=" + "x".repeat(2_050)), 400, "invalid-request");
    assertThat(raw("GET /v1/accounts?cursor=%zz HTTP/1.1")).contains(" 400 ");
  }

  @Test
  void anAnswerThatIsTooLargeOrBrokenIsNotPassedOn() {
    ledger.answers(request -> Reply.json(200, "x".repeat(2 * 1024 * 1024 + 1)));
    assertProblem(get("alice", "/v1/accounts"), 503, "unavailable");
    for (int status : new int[] {301, 500, 502}) {
      ledger.answers(request -> Reply.json(status, "{\"secret\":\"stack trace\"}"));
      assertProblem(get("alice", "/v1/accounts"), 503, "unavailable");
    }
    ledger.answers(request -> Reply.problem(404, "not-found"));
    assertThat(get("alice", "/v1/accounts").body())
        .isEqualTo("{\"code\":\"not-found\",\"status\":404}");
  }

  @Test
  void brokenRequestsAreAnsweredWithProblemsToo() {
    BrokenRequests.assertAnsweredWithProblems(port, "Authorization: Bearer " + token("alice"));
    BrokenRequests.assertAnsweredWithProblems(port, "X-Anonymous: yes");
    for (String path : List.of("/v1/accounts", "/v1/openapi.yaml", "/oauth2/token", "/nowhere")) {
      BrokenRequests.assertQueriesRefused(port, path, "Authorization: Bearer " + token("alice"));
      BrokenRequests.assertQueriesRefused(port, path, "X-Anonymous: yes");
    }
    assertThat(ledger.arrived()).isEmpty();
  }

  @Test
  @ExtendWith(OutputCaptureExtension.class)
  void requestLogLineHasTraceId(CapturedOutput log) {
    String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    ledger.answers(request -> Reply.json(500, "{}"));
    send(as("alice", "/v1/accounts").header("traceparent", "00-" + trace + "-00f067aa0ba902b7-01"));

    assertThat(log.getOut().lines())
        .anyMatch(line -> line.contains("status 500") && line.contains("[" + trace + "]"));
  }

  @Test
  void healthAndMetricsAreOnTheManagementPortOnly() throws Exception {
    for (String path :
        List.of("health", "health/liveness", "health/readiness", "metrics", "prometheus")) {
      assertThat(management(path).statusCode()).as(path).isEqualTo(200);
    }
    for (String path : List.of("env", "heapdump", "beans", "loggers", "shutdown")) {
      assertThat(management(path).statusCode()).as(path).isEqualTo(401);
    }
  }

  private HttpResponse<String> management(String path) {
    return send(
        HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + managementPort + "/actuator/" + path)));
  }

  /// Sends what no HTTP client would, and returns all that comes back.
  private String raw(String head) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(10_000);
      OutputStream out = socket.getOutputStream();
      out.write(
          (head
                  + "\r\nHost: gateway\r\nAuthorization: Bearer "
                  + token("alice")
                  + "\r\nConnection: close\r\n\r\n")
              .getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
