package dev.payledger.fraud.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.payledger.fraud.FraudServer;
import dev.payledger.testkit.contract.ManagementPortContract;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.test.context.ActiveProfiles;

/// Each fault does what it says, and ends: by itself, or because somebody ends it.
@ActiveProfiles("demo")
class FaultsIT extends FraudServer {
  @LocalManagementPort private int managementPort;
  @Autowired private Faults faults;

  private final UUID transfer = UUID.randomUUID();
  private final UUID debit = UUID.randomUUID();

  @AfterEach
  void noneIsOn() {
    faults.end();
  }

  @Test
  void aLateCallIsWorkedOnLate() {
    add("latency?value=300ms");

    long began = System.nanoTime();
    assertThat(put(transfer, debit, 1).statusCode()).isEqualTo(200);
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofMillis(299));
  }

  @Test
  void whoNoLongerWaitsWhenItsTurnComesIsNotWorkedFor() {
    add("latency?value=300ms");

    HttpResponse<String> late =
        send(
            request("/assessments/" + transfer)
                .header("Content-Type", "application/json")
                .header("Request-Timeout-Ms", "200")
                .PUT(BodyPublishers.ofString(body(debit, CREDIT, 1, false))));

    assertThat(late.statusCode()).isEqualTo(503);
    assertThat(query("SELECT 1 FROM assessment WHERE transfer_id = '" + transfer + "'")).isEmpty();
  }

  @Test
  void allCallsFailOrSoManyOfAHundred() {
    add("error?value=100%25");
    assertThat(put(transfer, debit, 1).statusCode()).isEqualTo(500);
    assertThat(delete(transfer).statusCode()).isEqualTo(500);

    add("error?value=50%25");
    long failed =
        IntStream.range(0, 100)
            .filter(i -> put(UUID.randomUUID(), debit, 1).statusCode() == 500)
            .count();
    // Outside these bounds about once in ten million runs.
    assertThat(failed).isBetween(24L, 76L);
  }

  @Test
  void garbageLooksLikeAnApprovalAndIsNone() {
    add("garbage");

    HttpResponse<String> answer = put(transfer, debit, 1);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).contains("APPROVED").doesNotContain("}");
    assertThat(query("SELECT 1 FROM assessment WHERE transfer_id = '" + transfer + "'")).isEmpty();
  }

  @Test
  void aBigAnswerIsAnApprovalOfTenMegabytes() {
    add("big");

    HttpResponse<String> answer = put(transfer, debit, 1);

    assertThat(answer.body()).hasSizeGreaterThan(FaultFilter.BIG_BYTES).endsWith("\"}");
    assertThat(answer.body()).contains("\"transferId\":\"" + transfer + "\"");
  }

  @Test
  void aCallThatHangsGoesOnWhenTheFaultIsEnded() {
    add("hang");
    CompletableFuture<HttpResponse<String>> hanging =
        CompletableFuture.supplyAsync(() -> put(transfer, debit, 1));
    await()
        .during(Duration.ofMillis(300))
        .atMost(Duration.ofSeconds(10))
        .until(() -> !hanging.isDone());

    assertThat(manage("DELETE", "").statusCode()).isEqualTo(204);

    assertThat(hanging.join().statusCode()).isEqualTo(200);
    assertThat(manage("GET", "").body()).isEqualTo("{\"faults\":[]}");
  }

  @Test
  void aCallThatHangsIsLetGoWhenTheFaultsTimeIsOver() {
    add("hang?lasts=400ms");

    long began = System.nanoTime();
    assertThat(put(transfer, debit, 1).statusCode()).isEqualTo(200);
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofMillis(399));
  }

  @Test
  void faultsEndByThemselves() {
    add("error?value=100%25");
    clock.advance(FaultsEndpoint.LASTS_UNASKED.minusMillis(1));
    assertThat(put(transfer, debit, 1).statusCode()).isEqualTo(500);

    clock.advance(Duration.ofMillis(1));

    assertThat(put(transfer, debit, 1).statusCode()).isEqualTo(200);
    assertThat(manage("GET", "").body()).isEqualTo("{\"faults\":[]}");
  }

  @Test
  void whatIsOnIsListedWithItsEnd() {
    add("latency?value=2s&lasts=30s");
    add("error?value=5%25");
    add("error?value=7%25");
    add("big");

    assertThat(manage("GET", "").body())
        .isEqualTo(
            """
            {"faults":[\
            {"kind":"latency","value":"2000ms","until":"2026-06-01T12:00:30.123456Z"},\
            {"kind":"error","value":"7%","until":"2026-06-01T12:01:00.123456Z"},\
            {"kind":"big","until":"2026-06-01T12:01:00.123456Z"}]}""");
  }

  @ParameterizedTest
  @CsvSource({
    "slow",
    "latency",
    "latency?value=0s",
    "latency?value=31s",
    "latency?value=soon",
    "error",
    "error?value=0%25",
    "error?value=101%25",
    "error?value=5",
    "hang?lasts=601s",
    "hang?lasts=-1s",
    "hang?lasts=x"
  })
  void whatIsNoFaultIsRefused(String fault) {
    HttpResponse<String> refused = manage("POST", "/" + fault);

    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(refused.headers().firstValue("Content-Type")).contains("application/problem+json");
    assertThat(refused.body()).contains("\"code\":\"invalid-request\"", "\"retryable\":false");
    assertThat(faults.all()).isEmpty();
  }

  @Test
  void onlyAssessmentsAreAffected() {
    add("error?value=100%25");
    assertThat(get("/reviews").statusCode()).isEqualTo(200);
  }

  @Test
  void nothingChangesWithoutTheManagementCredential() {
    assertThat(send(request("POST", "/error?value=100%25")).statusCode()).isEqualTo(401);
    assertThat(faults.all()).isEmpty();

    add("latency?value=1ms");
    assertThat(send(request("DELETE", "")).statusCode()).isEqualTo(401);
    assertThat(faults.all()).hasSize(1);
  }

  private void add(String fault) {
    assertThat(manage("POST", "/" + fault).statusCode()).isEqualTo(200);
  }

  private HttpResponse<String> manage(String method, String path) {
    return send(
        request(method, path)
            .header("Authorization", "Bearer " + ManagementPortContract.CREDENTIAL));
  }

  private HttpRequest.Builder request(String method, String path) {
    return HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + managementPort + "/actuator/faults" + path))
        .header("Content-Type", "application/json")
        .method(method, BodyPublishers.noBody());
  }
}
