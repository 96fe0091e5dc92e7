package dev.payledger.ledger.saga;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.ledger.FraudDouble;
import dev.payledger.ledger.LedgerUnderTest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/// Log lines about a request have its trace id on every thread, and nothing of what the caller wrote.
@ExtendWith(OutputCaptureExtension.class)
class TracesIT extends LedgerUnderTest {
  private final String traceId = UUID.randomUUID().toString().replace("-", "");
  private final String traceparent = "00-" + traceId + "-b7ad6b7169203331-01";

  @Autowired private RecoveryRun recovery;

  @Test
  void recoveryLogsTheTraceOfItsRequest(CapturedOutput log) {
    UUID a = account("alice", 100_000);
    UUID b = account("bob", 0);
    FRAUD.become(FraudDouble.Mood.FAILS);

    Answer accepted = traced("/v1/transfers", body(a, b, "60000"));
    assertThat(accepted.status()).isEqualTo(202);
    UUID transfer = UUID.fromString(accepted.json().get("id").asString());

    assertThat(lines(log, "fraud-service not usable"))
        .isNotEmpty()
        .allMatch(line -> line.contains("[" + traceId + "]"));
    String first = FRAUD.traceparent(transfer);
    assertThat(first).startsWith("00-" + traceId + "-").isNotEqualTo(traceparent);

    int before = ownLines(log).size();
    clock.advance(Duration.ofSeconds(30));
    breakers.circuitBreaker("fraud").reset();
    recovery.runOnce();

    // Sagas that other tests left are taken up too, each under its own trace.
    assertThat(ownLines(log)).hasSizeGreaterThan(before);
    assertThat(lines(log, "fraud-service not usable")).noneMatch(line -> line.contains("[] "));
    assertThat(FRAUD.traceparent(transfer)).startsWith("00-" + traceId + "-").isNotEqualTo(first);
  }

  @Test
  void batchItemsLogTheTraceOfTheirRequest(CapturedOutput log) {
    UUID a = account("alice", 200_000);
    UUID b = account("bob", 0);
    FRAUD.become(FraudDouble.Mood.FAILS);
    String item = body(a, b, "60000");

    traced("/v1/transfer-batches", "{\"items\":[" + item + "," + item + "]}");

    assertThat(lines(log, "fraud-service not usable"))
        .hasSizeGreaterThanOrEqualTo(2)
        .allMatch(line -> line.contains("[" + traceId + "]"));
  }

  @Test
  void problemsAndLogOfARequestWithoutTraceAgree(CapturedOutput log) {
    Answer answer = get("/v1/accounts?%ff", alice());

    String given = answer.json().get("traceId").asString();
    assertThat(given).matches("[0-9a-f]{32}").isNotEqualTo("0".repeat(32));
    assertThat(lines(log, "refused a request")).last().asString().contains("[" + given + "]");
  }

  @Test
  void logOmitsContentsOfRejectedRows(CapturedOutput log) {
    UUID a = account("alice", 100);
    UUID b = account("bob", 0);
    String secret = "secret-" + UUID.randomUUID();
    String transfer =
        body(a, b, "10")
            .replace(
                "}",
                ",\"reference\":\"%s\",\"metadata\":{\"note\":\"%s\"}}".formatted(secret, secret));
    superuser(
        "ALTER TABLE transfer ADD CONSTRAINT refused_by_the_test CHECK (reference NOT LIKE 'secret-%')"
            + " NOT VALID");
    try {
      assertThat(traced("/v1/transfers", transfer).status()).isEqualTo(500);
    } finally {
      superuser("ALTER TABLE transfer DROP CONSTRAINT refused_by_the_test");
    }

    assertThat(lines(log, "ERROR"))
        .hasSizeGreaterThanOrEqualTo(2)
        .filteredOn(line -> line.contains("ledger-service"))
        .allMatch(line -> line.contains("[" + traceId + "]"));
    assertThat(lines(log, "refused_by_the_test")).isNotEmpty();
    assertThat(lines(log, secret)).isEmpty();
  }

  private Answer traced(String path, String body) {
    return send(
        request(path, alice())
            .setHeader("traceparent", traceparent)
            .header("Command-Id", UUID.randomUUID().toString())
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body)));
  }

  private List<String> ownLines(CapturedOutput log) {
    return lines(log, "[" + traceId + "]").stream()
        .filter(line -> line.contains("fraud-service not usable"))
        .toList();
  }

  /// Of the ledger alone: the test's PostgreSQL writes its own log into this one.
  private static List<String> lines(CapturedOutput log, String text) {
    return log.getAll()
        .lines()
        .filter(line -> line.contains(text) && !line.contains("EmbeddedPostgres"))
        .toList();
  }
}
