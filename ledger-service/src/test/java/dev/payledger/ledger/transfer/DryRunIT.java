package dev.payledger.ledger.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.ledger.LedgerUnderTest;
import dev.payledger.testkit.Postgres;
import java.sql.Connection;
import java.sql.Statement;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// A dry run says what the same request then does, and leaves nothing behind: alice has 1,000.
class DryRunIT extends LedgerUnderTest {
  private UUID a;
  private UUID b;

  @BeforeEach
  void accounts() {
    a = account("alice", 1_000);
    b = account("bob", 0);
  }

  @Test
  void transferMatchesItsDryRun() {
    assertDryRunMatches("/v1/transfers", alice(), body(a, b, "1001"), "insufficient-funds");
    assertDryRunMatches(
        "/v1/transfers", alice(), body(a, UUID.randomUUID(), "1"), "account-unusable");
    assertDryRunMatches("/v1/transfers", bob(), body(a, b, "1"), "not-found");
    String legs = "{\"legs\":[%1$s,%1$s],\"currency\":\"EUR\"}".formatted(leg(600));
    assertDryRunMatches("/v1/transfers", alice(), legs, "insufficient-funds");
    assertDryRunMatches("/v1/transfers", alice(), body(a, b, "1000"), 1_000);
  }

  @Test
  void rejectionOfADryRunNamesNoTransfer() {
    Answer no = dryRun("/v1/transfers", alice(), body(a, b, "1001"));

    assertThat(no.code()).isEqualTo("insufficient-funds");
    assertThat(no.json().has("transferId")).isFalse();
  }

  @Test
  void captureMatchesItsDryRun() {
    String path = "/v1/transfers/" + held(800) + "/capture";

    assertDryRunMatches(path, bob(), amount(801), "capture-limit");
    assertDryRunMatches(path, ISSUER.token("carol"), amount(1), "not-found");
    assertDryRunMatches(path, bob(), amount(300), 300);
    assertDryRunMatches(path, alice(), "", 500);
    assertDryRunMatches(path, bob(), amount(1), "not-capturable");
  }

  @Test
  void voidMatchesItsDryRun() {
    UUID held = held(800);
    String path = "/v1/transfers/" + held + "/void";
    post("/v1/transfers/" + held + "/capture", bob(), UUID.randomUUID(), amount(300));

    assertDryRunMatches(path, ISSUER.token("carol"), "", "not-found");
    assertDryRunMatches(path, alice(), "{}", 500);
    assertDryRunMatches(path, alice(), "", "not-voidable");
  }

  @Test
  void voidOfPendingTransferMatchesItsDryRun() {
    UUID pending = heldBySomebodyElse(a, b, 700, clock.instant().plusSeconds(60));

    assertDryRunMatches("/v1/transfers/" + pending + "/void", alice(), "", 700);
  }

  @Test
  void debitOfFrozenAccountMatchesItsDryRun() {
    post("/v1/accounts/" + a + "/freeze", alice(), UUID.randomUUID(), "");

    assertDryRunMatches("/v1/transfers", alice(), body(a, b, "1"), "account-frozen");
  }

  @Test
  void reversalMatchesItsDryRun() {
    UUID command = UUID.randomUUID();
    assertThat(post("/v1/transfers", alice(), command, body(a, b, "1000")).status()).isEqualTo(201);
    String path = "/v1/transfers/" + transferOf(command) + "/reversals";

    assertDryRunMatches(path, alice(), "{}", "forbidden");
    assertDryRunMatches(path, bob(), amount(1_001), "reversal-limit");
    assertDryRunMatches(path, bob(), amount(400), 400);
    assertDryRunMatches(path, bob(), "{\"legs\":[{\"leg\":2}]}", "forbidden");
    assertDryRunMatches(path, bob(), "{}", 600);
    assertDryRunMatches(path, bob(), "{}", "reversal-limit");
  }

  /// The third item has what the first would leave, the fourth the rest.
  @Test
  void batchItemsArePlannedInOrder() {
    UUID bobs = account("bob", 100);
    String items =
        "{\"items\":[%s,%s,%s,%s]}"
            .formatted(body(a, b, "700"), body(bobs, b, "1"), body(a, b, "301"), body(a, b, "300"));
    String before = books();

    Answer tried = dryRun("/v1/transfer-batches", alice(), items);

    assertThat(tried.status()).as(tried.text()).isEqualTo(200);
    assertThat(tried.json().get("dryRun").asBoolean()).isTrue();
    JsonNode found = tried.json().get("items");
    assertThat(found)
        .extracting(item -> item.get("status").asInt())
        .containsExactly(200, 404, 422, 200);
    assertThat(found.get(0).at("/transfer/amountMinor").asLong()).isEqualTo(700);
    assertThat(found.get(2).at("/problem/code").asString()).isEqualTo("insufficient-funds");
    assertThat(books()).isEqualTo(before);
  }

  @Test
  void dryRunWaitsForNoLock() throws Exception {
    UUID held = held(800);
    try (Connection locking = Postgres.superuser("ledger");
        Statement statement = locking.createStatement()) {
      locking.setAutoCommit(false);
      statement.execute(
          "SELECT 1 FROM account WHERE id IN ('%s', '%s') FOR UPDATE".formatted(a, b));
      statement.execute("SELECT 1 FROM transfer WHERE id = '%s' FOR UPDATE".formatted(held));

      assertThat(dryRun("/v1/transfers/" + held + "/capture", bob(), "").status()).isEqualTo(200);
      assertThat(dryRun("/v1/transfers", alice(), body(a, b, "200")).status()).isEqualTo(200);
    }
  }

  private void assertDryRunMatches(String path, String token, String body, String code) {
    assertThat(tried(path, token, body).code()).isEqualTo(code);
    assertThat(post(path, token, UUID.randomUUID(), body).code()).isEqualTo(code);
  }

  private void assertDryRunMatches(String path, String token, String body, long amountMinor) {
    Answer tried = tried(path, token, body);
    assertThat(tried.status()).as(tried.text()).isEqualTo(200);
    assertThat(tried.text())
        .isEqualTo(
            "{\"dryRun\":true,\"amountMinor\":%d,\"currency\":\"EUR\"}".formatted(amountMinor));
    assertThat(post(path, token, UUID.randomUUID(), body).status()).isIn(200, 201, 202);
  }

  private Answer tried(String path, String token, String body) {
    String before = books();
    Answer tried = dryRun(path, token, body);
    assertThat(books()).isEqualTo(before);
    return tried;
  }

  private Answer dryRun(String path, String token, String body) {
    return post(path + "/dry-run", token, null, body);
  }

  /// What a command could have changed.
  private String books() {
    return value(
        String.class,
        """
        SELECT concat_ws(' ', (SELECT count(*) FROM command), (SELECT count(*) FROM outbox),
          (SELECT count(*) FROM transfer), (SELECT count(*) FROM account_line),
          (SELECT sum(version) FROM account))""");
  }

  private UUID held(long minor) {
    UUID command = UUID.randomUUID();
    String body = body(a, b, Long.toString(minor)).replace("}", ",\"capture\":\"MANUAL\"}");
    assertThat(post("/v1/transfers", alice(), command, body).status()).isEqualTo(201);
    return transferOf(command);
  }

  private String leg(long minor) {
    return "{\"debitAccountId\":\"%s\",\"creditAccountId\":\"%s\",\"amountMinor\":%d}"
        .formatted(a, b, minor);
  }

  private static String amount(long minor) {
    return "{\"amountMinor\":" + minor + "}";
  }
}
