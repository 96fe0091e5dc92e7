package dev.payledger.ledger.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.ledger.FraudDouble.Mood;
import dev.payledger.ledger.LedgerUnderTest;
import dev.payledger.ledger.request.TimeRange;
import dev.payledger.testkit.Postgres;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.web.context.request.RequestContextHolder;
import tools.jackson.databind.JsonNode;

/// What others do to a transfer or an account does not make it unreadable. Alice pays bob.
@Import(BoundedAnswersIT.Counting.class)
class BoundedAnswersIT extends LedgerUnderTest {
  /// The most captures or reversals of a transfer.
  private static final int MOST = 100;

  private static final int PAGE = 50;

  @Autowired private AtomicInteger connections;

  private UUID a;
  private UUID b;

  /// Counts the connections that requests ask for: each query outside a transaction asks for one.
  /// What the saga does in the background meanwhile does not count.
  @TestConfiguration
  static class Counting {
    @Bean
    static AtomicInteger connections() {
      return new AtomicInteger();
    }

    @Bean
    static BeanPostProcessor countConnections(AtomicInteger connections) {
      return new BeanPostProcessor() {
        @Override
        public Object postProcessAfterInitialization(Object bean, String name) {
          return name.equals("dataSource")
              ? new DelegatingDataSource((javax.sql.DataSource) bean) {
                @Override
                public Connection getConnection() throws SQLException {
                  if (RequestContextHolder.getRequestAttributes() != null) {
                    connections.incrementAndGet();
                  }
                  return super.getConnection();
                }
              }
              : bean;
        }
      };
    }
  }

  @BeforeEach
  void open() {
    a = account("alice", 100_000);
    b = account("bob", 0);
  }

  @Test
  void payeeCapturesAHundredTimesAndThePayerCanRead() {
    UUID held = made(post("/v1/transfers", alice(), UUID.randomUUID(), manual(1_000)));
    for (int i = 0; i < MOST; i++) {
      assertThat(capture(held, 1).status()).isEqualTo(200);
    }
    Answer oneMore = capture(held, 1);
    assertThat(oneMore.status()).isEqualTo(422);
    assertThat(oneMore.code()).isEqualTo("capture-count-limit");

    JsonNode seen = get("/v1/transfers/" + held, alice()).json();
    assertThat(seen.get("capturedMinor").asLong()).isEqualTo(MOST);
    assertThat(seen.get("timeline")).hasSize(PAGE);
    String path = "/v1/transfers/" + held + "/timeline";
    List<JsonNode> rest = all(path + "?limit=20", alice(), seen.get("timelineNext").asString());
    assertThat(rest).hasSize(2 + MOST - PAGE);
    assertThat(rest.getLast().get("capturedMinor").asLong()).isEqualTo(MOST);
    assertThat(all(path + "?limit=20", alice(), null)).hasSize(2 + MOST);

    assertThat(get(path, bob()).status()).as("as in the transfer").isEqualTo(403);
    assertThat(get(path, ISSUER.token("carol")).status()).isEqualTo(404);
    assertThat(get("/v1/transfers/" + held, bob()).json().has("timelineNext")).isFalse();
    assertThat(get(path + "?cursor=" + seen.get("timelineNext").asString() + "x", alice()).status())
        .isEqualTo(400);
    assertThat(post("/v1/transfers/" + held + "/void", bob(), UUID.randomUUID(), "{}").status())
        .isEqualTo(200);
  }

  @Test
  void transferIsReversedAHundredTimesAndCanBeRead() {
    UUID paid = made(transfer(alice(), UUID.randomUUID(), a, b, 1_000));
    for (int i = 0; i < MOST; i++) {
      assertThat(reverse(paid, 1).status()).isEqualTo(201);
    }
    Answer oneMore = reverse(paid, 1);
    assertThat(oneMore.status()).isEqualTo(422);
    assertThat(oneMore.code()).isEqualTo("reversal-count-limit");

    JsonNode seen = get("/v1/transfers/" + paid, alice()).json();
    assertThat(seen.get("reversedMinor").asLong()).isEqualTo(MOST);
    assertThat(seen.get("reversals")).hasSize(PAGE);
    String path = "/v1/transfers/" + paid + "/reversals";
    List<JsonNode> rest = all(path + "?limit=20", bob(), seen.get("reversalsNext").asString());
    assertThat(rest).hasSize(MOST - PAGE);
    List<JsonNode> whole = all(path + "?limit=200", alice(), null);
    assertThat(whole).hasSize(MOST);
    assertThat(whole.getFirst().get("id").asString())
        .isEqualTo(seen.get("reversals").get(0).asString());
    assertThat(whole).allMatch(each -> each.get("reverses").asString().equals(paid.toString()));
    assertThat(get(path, ISSUER.token("carol")).status()).isEqualTo(404);
  }

  @Test
  void reversalThatFraudDeclinesCountsNoLonger() {
    UUID paid = made(transfer(alice(), UUID.randomUUID(), a, b, 1_000));
    FRAUD.become(Mood.DECLINES);
    assertThat(reverse(paid, 1).code()).isEqualTo("fraud-declined");

    assertThat(reversalCount(paid)).isZero();
    FRAUD.become(Mood.APPROVES);
    assertThat(reverse(paid, 1).status()).isEqualTo(201);
    assertThat(reversalCount(paid)).isEqualTo(1);
  }

  @Test
  void rejectedReversalsAreNotPartOfTheTransfer() {
    UUID paid = made(transfer(alice(), UUID.randomUUID(), a, b, 1_000));
    for (int i = 0; i < 5; i++) {
      assertThat(reverse(paid, 1_001).code()).isEqualTo("reversal-limit");
    }

    assertThat(get("/v1/transfers/" + paid, alice()).json().has("reversals")).isFalse();
    assertThat(all("/v1/transfers/" + paid + "/reversals?limit=200", alice(), null)).isEmpty();
    assertThat(ids("/v1/transfers?accountId=" + a + "&limit=200", alice()))
        .as("they are the list's of who asked")
        .containsExactlyInAnyOrder(paid.toString(), deposit(a));
    assertThat(ids("/v1/transfers?accountId=" + b + "&limit=200", bob())).hasSize(6);
  }

  @Test
  void pageIsBoundedInBytes() {
    String metadata = metadata();
    int many = 80;
    for (int i = 0; i < many; i++) {
      made(
          post(
              "/v1/transfers",
              alice(),
              UUID.randomUUID(),
              body(a, b, "1").replace("}", ",\"metadata\":" + metadata + "}")));
    }
    String path = "/v1/transfers?accountId=" + a + "&limit=200";
    Answer first = get(path, alice());

    assertThat(first.status()).isEqualTo(200);
    assertThat(first.text().getBytes(StandardCharsets.UTF_8).length).isLessThan(1_100_000);
    assertThat(first.json().get("items").size()).isBetween(20, many - 1);
    assertThat(all(path, alice(), null)).as("with the deposit").hasSize(many + 1);
  }

  @Test
  void attemptsWithoutFundsDoNotFillThePayeesList() {
    UUID paid = made(transfer(alice(), UUID.randomUUID(), a, b, 10));
    UUID empty = account("alice", 0);
    int many = 60;
    for (int i = 0; i < many; i++) {
      UUID command = UUID.randomUUID();
      Answer attempt =
          i % 2 == 0
              ? transfer(alice(), command, empty, b, 1)
              : post("/v1/transfers", alice(), command, twoLegs(empty, 1));
      assertThat(attempt.code()).isEqualTo("insufficient-funds");
    }

    assertThat(ids("/v1/transfers?accountId=" + b, bob())).containsExactly(paid.toString());
    assertThat(ids("/v1/transfers?accountId=" + empty + "&limit=200", alice())).hasSize(many);
  }

  @Test
  void payeesListReadsNoAttempts() throws SQLException {
    UUID empty = account("alice", 0);
    for (int i = 0; i < 200; i++) {
      transfer(alice(), UUID.randomUUID(), empty, b, 1);
    }
    String plan = plan(new TransferFilter(b, null, null, null, TimeRange.of(null, null)));

    assertThat(plan)
        .contains("transfer_by_credit_account", "transfer_leg_by_credit_account")
        .doesNotContain("Rows Removed by Filter");
  }

  @Test
  void filteredListsReadWhatTheirIndexFinds() throws SQLException {
    for (int i = 0; i < 200; i++) {
      made(
          post(
              "/v1/transfers",
              alice(),
              UUID.randomUUID(),
              (i % 2 == 0 ? body(a, b, "1") : twoLegs(a, 1))
                  .replace("EUR\"}", "EUR\",\"reference\":\"invoice " + i + "\"}")));
    }
    superuser("ANALYZE transfer, transfer_leg");
    TimeRange day = TimeRange.of("2026-11-23T00:00:00Z", "2026-11-24T00:00:00Z");

    assertThat(plan(new TransferFilter(a, null, null, "invoice 7", TimeRange.of(null, null))))
        .contains("transfer_by_reference", "transfer_leg_by_reference")
        .doesNotContain("Seq Scan")
        // A transfer with several legs is no leg itself.
        .doesNotContainPattern("Rows Removed by Filter: ([2-9]|[1-9][0-9])");
    assertThat(plan(new TransferFilter(a, TransferFilter.Direction.DEBIT, null, null, day)))
        .contains("transfer_by_debit_account", "transfer_leg_by_debit_account")
        .doesNotContain("credit_account_id", "Rows Removed by Filter", "Seq Scan")
        .containsPattern("Index Cond: .*created_at >= .*created_at, id\\) < ");
    // A status is looked for among so many transfers at most; here there are fewer.
    assertThat(plan(new TransferFilter(a, null, Transfer.Status.HELD, null, day)))
        .contains("transfer_by_debit_account", "transfer_pkey")
        .doesNotContain("Seq Scan");
  }

  private String plan(TransferFilter filter) throws SQLException {
    String query =
        TransferList.sql(filter)
            .replace(":account", "'" + filter.accountId() + "'")
            .replace(":from", "'" + filter.time().from() + "'")
            .replace(":beforeId", "'ffffffff-ffff-ffff-ffff-ffffffffffff'")
            .replace(":before", "'" + filter.time().to() + "'")
            .replace(":status", "'" + filter.status() + "'")
            .replace(":reference", "'" + filter.reference() + "'")
            .replace(":isOperator", "false")
            .replace(":caller", "'alice'")
            .replace(":looked", "51")
            .replace(":limit", "51");
    try (Connection connection = Postgres.superuser("ledger");
        Statement statement = connection.createStatement()) {
      statement.execute("SET enable_seqscan = off");
      return explained(statement, query);
    }
  }

  @Test
  void longListsTakeNoMoreQueriesThanShortOnes() {
    FRAUD.become(Mood.FAILS);
    for (int i = 0; i < 12; i++) {
      clock.advance(Duration.ofMillis(1));
      Answer waits =
          i % 2 == 0
              ? transfer(alice(), UUID.randomUUID(), a, b, 6_000)
              : post("/v1/transfers", alice(), UUID.randomUUID(), twoLegs(a, 3_000));
      assertThat(waits.status()).isEqualTo(202);
    }
    for (String path :
        List.of(
            "/v1/operator/held-transfers?",
            "/v1/operator/parked-transfers?",
            "/v1/transfers?accountId=" + a + "&")) {
      int ofTwo = queries(path + "limit=2");
      assertThat(ofTwo).isPositive();
      // One more reads the legs, when there are any.
      assertThat(queries(path + "limit=10")).as(path).isBetween(ofTwo, ofTwo + 1);
    }
  }

  private int queries(String path) {
    int before = connections.get();
    assertThat(get(path, operator()).status()).isEqualTo(200);
    return connections.get() - before;
  }

  private static UUID made(Answer answer) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(201);
    return UUID.fromString(answer.json().get("id").asString());
  }

  private static String deposit(UUID account) {
    return value(
            UUID.class,
            "SELECT id FROM transfer WHERE credit_account_id = ? AND NOT refused"
                + " ORDER BY created_at LIMIT 1",
            account)
        .toString();
  }

  private static int reversalCount(UUID transfer) {
    return value(Integer.class, "SELECT reversal_count FROM transfer WHERE id = ?", transfer);
  }

  private String manual(long minor) {
    return body(a, b, Long.toString(minor)).replace("}", ",\"capture\":\"MANUAL\"}");
  }

  private String twoLegs(UUID debit, long minor) {
    String leg =
        "{\"debitAccountId\":\"%s\",\"creditAccountId\":\"%s\",\"amountMinor\":%d}"
            .formatted(debit, b, minor);
    return "{\"legs\":[" + leg + "," + leg + "],\"currency\":\"EUR\"}";
  }

  /// As much as is allowed.
  private static String metadata() {
    StringBuilder metadata = new StringBuilder("{");
    for (int i = 0; i < 20; i++) {
      metadata
          .append(i == 0 ? "" : ",")
          .append("\"name ")
          .append(i)
          .append("\":\"")
          .append("\uD83D\uDCB6".repeat(200))
          .append('"');
    }
    return metadata.append('}').toString();
  }

  private Answer capture(UUID transfer, long minor) {
    return post(
        "/v1/transfers/" + transfer + "/capture",
        bob(),
        UUID.randomUUID(),
        "{\"amountMinor\":" + minor + "}");
  }

  private Answer reverse(UUID transfer, long minor) {
    return post(
        "/v1/transfers/" + transfer + "/reversals",
        bob(),
        UUID.randomUUID(),
        "{\"amountMinor\":" + minor + "}");
  }

  private List<String> ids(String path, String token) {
    List<String> ids = new ArrayList<>();
    get(path, token).json().get("items").forEach(item -> ids.add(item.get("id").asString()));
    return ids;
  }

  /// The items of all pages after the cursor.
  private List<JsonNode> all(String path, String token, String cursor) {
    List<JsonNode> items = new ArrayList<>();
    String next = cursor;
    do {
      Answer page = get(path + (next == null ? "" : "&cursor=" + next), token);
      assertThat(page.status()).as(page.text()).isEqualTo(200);
      page.json().get("items").forEach(items::add);
      next = page.json().path("next").asString(null);
    } while (next != null);
    return items;
  }
}
