package dev.payledger.ledger.pools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import dev.payledger.ledger.LedgerUnderTest;
import dev.payledger.testkit.Postgres;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.http.HttpRequest;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;

/// Scans and reads that get nowhere, because somebody has locked the table that they read: alice pays
/// bob all the same.
class PoolsIT extends LedgerUnderTest {
  private static final String FULL = "/v1/operator/checks?mode=FULL";

  private static final String CONTINUOUS = "/v1/operator/checks?mode=CONTINUOUS";

  /// More than the ledger has connections.
  private static final int MANY = 20;

  /// As it is shipped.
  private static final int READS_PER_CALLER = 3;

  @Autowired private MeterRegistry meters;

  @Autowired
  @Qualifier("audit")
  private HikariDataSource audit;

  @Test
  void fullChecksShareOneScanAndLeavePaymentsAlone() throws Exception {
    UUID a = account("alice", 1_000);
    UUID b = account("bob", 0);
    List<Future<Answer>> scans;
    try (ExecutorService operators = Executors.newVirtualThreadPerTaskExecutor()) {
      try (Connection connection = locked("audit_finding")) {
        scans = ask(operators, () -> get(FULL, operator()));
        await().until(() -> inFlight() >= MANY && waiting("audit_finding") > 0);
        assertThat(waiting("audit_finding")).as("scans that run").isEqualTo(1);
        assertThat(transfer(alice(), UUID.randomUUID(), a, b, 100).status()).isEqualTo(201);
        assertThat(get("/v1/accounts/" + a, alice()).status()).isEqualTo(200);

        Answer late = send(request(FULL, operator()).header("Request-Timeout-Ms", "300"));
        assertThat(late.status()).isEqualTo(503);
        assertThat(late.code()).isEqualTo("temporary-reduced-capacity");
        assertThat(late.response().headers().firstValue("Retry-After")).isPresent();
        connection.rollback();
      }
    }
    for (Future<Answer> scan : scans) {
      assertThat(scan.get().status()).isEqualTo(200);
      assertThat(scan.get().text()).isEqualTo(scans.getFirst().get().text());
    }
  }

  @Test
  void slowReadsEndAtTheirDeadline() throws Exception {
    UUID a = account("alice", 1_000);
    UUID b = account("bob", 0);
    slowReads(a, b, () -> request("/v1/transfers?accountId=" + a, alice()));
    assertThat(get("/v1/transfers?accountId=" + a, alice()).status()).isEqualTo(200);
  }

  @Test
  void slowDryRunsEndAtTheirDeadline() throws Exception {
    UUID a = account("alice", 1_000);
    UUID b = account("bob", 0);
    UUID command = UUID.randomUUID();
    String leg =
        "{\"debitAccountId\":\"%s\",\"creditAccountId\":\"%s\",\"amountMinor\":1}".formatted(a, b);
    String legs = "{\"legs\":[%1$s,%1$s],\"currency\":\"EUR\"}".formatted(leg);
    assertThat(post("/v1/transfers", alice(), command, legs).status()).isEqualTo(201);
    String path = "/v1/transfers/" + transferOf(command) + "/reversals/dry-run";
    slowReads(
        a,
        b,
        () ->
            request(path, alice())
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{}")));
  }

  private void slowReads(UUID a, UUID b, Supplier<HttpRequest.Builder> read) throws Exception {
    List<Future<Answer>> reads;
    try (ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor();
        Connection connection = locked("transfer_leg")) {
      reads = ask(readers, () -> send(read.get().header("Request-Timeout-Ms", "3000")));
      await().until(() -> waiting("transfer_leg") > 1);
      assertThat(transfer(alice(), UUID.randomUUID(), a, b, 100).status()).isEqualTo(201);

      await().atMost(Duration.ofSeconds(20)).until(() -> reads.stream().allMatch(Future::isDone));
      assertThat(waiting("transfer_leg")).as("statements that nobody waits for").isZero();
      connection.rollback();
    }
    for (Future<Answer> each : reads) {
      assertThat(each.get().status()).isEqualTo(503);
      assertThat(each.get().code()).isEqualTo("unavailable");
      assertThat(each.get().response().headers().firstValue("Retry-After")).isPresent();
    }
  }

  /// The auditor, the rolling audit and one scan have a connection each.
  @Test
  void reportsLeaveTheAuditorItsConnection() throws Exception {
    for (String report : List.of("/v1/operator/trial-balance", CONTINUOUS)) {
      String table = report.equals(CONTINUOUS) ? "audit_finding" : "account";
      List<Future<Answer>> reports;
      try (ExecutorService operators = Executors.newVirtualThreadPerTaskExecutor();
          Connection connection = locked(table)) {
        reports = ask(operators, () -> get(report, operator()));
        await().until(() -> inFlight() >= MANY && waiting(table) >= READS_PER_CALLER);

        try (Connection first = audit.getConnection();
            Connection second = audit.getConnection();
            Connection third = audit.getConnection()) {
          assertThat(List.of(first, second, third))
              .as(report)
              .allSatisfy(each -> assertThat(each.isValid(1)).isTrue());
        }
        connection.rollback();
      }
      for (Future<Answer> each : reports) {
        assertThat(each.get().status()).isEqualTo(200);
      }
    }
  }

  @Test
  void oneCallersSlowReadsLeaveConnectionsToOthers() throws Exception {
    UUID a = account("alice", 1_000);
    UUID b = account("bob", 0);
    List<Future<Answer>> reads;
    try (ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor();
        Connection connection = locked("transfer_leg")) {
      reads =
          ask(
              readers,
              () ->
                  send(
                      request("/v1/transfers?accountId=" + a, alice())
                          .header("Request-Timeout-Ms", "25000")));
      await().until(() -> inFlight() >= MANY && waiting("transfer_leg") >= READS_PER_CALLER);

      for (int i = 0; i < 2 * READS_PER_CALLER; i++) {
        assertThat(get("/v1/accounts/" + b, bob()).status()).isEqualTo(200);
      }
      assertThat(waiting("transfer_leg")).isEqualTo(READS_PER_CALLER);
      connection.rollback();
    }
    for (Future<Answer> each : reads) {
      assertThat(each.get().status()).as("a share is given back").isEqualTo(200);
    }
  }

  private static List<Future<Answer>> ask(ExecutorService callers, Callable<Answer> question) {
    List<Future<Answer>> answers = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      answers.add(callers.submit(question));
    }
    return answers;
  }

  private double inFlight() {
    return meters.get("ledger.request.in.flight").gauge().value();
  }

  private static long waiting(String table) {
    return value(
        Long.class,
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'ledger-app'"
            + " AND wait_event_type = 'Lock' AND query LIKE ?",
        "%" + table + "%");
  }

  /// Until it is closed.
  private static Connection locked(String table) throws SQLException {
    Connection connection = Postgres.superuser("ledger");
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute("LOCK TABLE " + table + " IN ACCESS EXCLUSIVE MODE");
    }
    return connection;
  }
}
