package dev.payledger.ledger.account;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.ledger.LedgerUnderTest;
import java.net.http.HttpRequest;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Freezes, closes and limits are commands: each happens once per id, its answer is final, and the
/// trail and the events tell of it.
class AccountChangesIT extends LedgerUnderTest {
  private static final String SLOW = "PERFORM pg_sleep(1)";

  /// The answer to the first one is lost, and it is sent again after the limit was taken back.
  @Test
  void aLimitWithAnUnknownOutcomeIsNotGivenAgain() throws Exception {
    UUID a = account("alice", 0);
    UUID command = UUID.randomUUID();

    Answer lost =
        atCommitOf(
            "command",
            SLOW,
            () ->
                send(
                    request(path(a, "overdraft"), operator())
                        .header("Content-Type", "application/json")
                        .header("Command-Id", command.toString())
                        .header("Request-Timeout-Ms", "300")
                        .POST(HttpRequest.BodyPublishers.ofString(limit(100_000)))));
    assertThat(lost.status()).as(lost.text()).isEqualTo(503);
    assertThat(lost.code()).isEqualTo("outcome-unknown");
    Answer taken = post(path(a, "overdraft"), operator(), UUID.randomUUID(), limit(0));
    Answer again = post(path(a, "overdraft"), operator(), command, limit(100_000));

    assertThat(taken.status()).isEqualTo(200);
    assertThat(again.status()).isEqualTo(200);
    assertThat(again.json().get("floorMinor").asLong()).isZero();
    assertThat(changes(a, operator())).containsExactly("1 OVERDRAFT", "2 OVERDRAFT");
  }

  /// Each is done, undone by another command, and asked again.
  @ParameterizedTest
  @CsvSource({
    "freeze, '', unfreeze, OPEN",
    "unfreeze, '', freeze, FROZEN",
    "close, '', reopen, OPEN",
    "reopen, '', close, CLOSED"
  })
  void aRepeatedCommandChangesNothingWhateverCameBetween(
      String change, String body, String other, String status) {
    UUID a = account("alice", 0);
    UUID command = UUID.randomUUID();

    assertThat(post(path(a, change), operator(), command, body).status()).isEqualTo(200);
    assertThat(post(path(a, other), operator(), UUID.randomUUID(), "").status()).isEqualTo(200);
    Answer again = post(path(a, change), operator(), command, body);

    assertThat(again.status()).isEqualTo(200);
    assertThat(again.json().get("status").asString()).isEqualTo(status);
    assertThat(changes(a, operator())).hasSize(2);
  }

  @Test
  void oneIdSentByManyAtATimeChangesOnce() throws Exception {
    UUID a = account("alice", 0);
    UUID command = UUID.randomUUID();
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Answer>> answers = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        answers.add(callers.submit(() -> post(path(a, "freeze"), alice(), command, "")));
      }
      for (Future<Answer> answer : answers) {
        assertThat(answer.get().status()).isEqualTo(200);
      }
    }
    assertThat(changes(a, operator())).containsExactly("1 FREEZE");
  }

  @Test
  void concurrentChangesOfOneAccountAllSucceed() throws Exception {
    UUID a = account("alice", 0);
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Answer>> answers = new ArrayList<>();
      for (int i = 1; i <= 16; i++) {
        int minor = i;
        answers.add(
            callers.submit(
                () -> post(path(a, "overdraft"), operator(), UUID.randomUUID(), limit(minor))));
      }
      for (Future<Answer> answer : answers) {
        assertThat(answer.get().status()).as(answer.get().text()).isEqualTo(200);
      }
    }
    assertThat(changes(a, operator())).hasSize(16);
  }

  @Test
  void aRefusalIsFinalForItsCommand() {
    UUID a = account("alice", 100);
    UUID b = account("bob", 0);
    UUID command = UUID.randomUUID();
    assertThat(post(path(a, "close"), alice(), command, "").code()).isEqualTo("account-not-empty");

    assertThat(transfer(alice(), UUID.randomUUID(), a, b, 100).status()).isEqualTo(201);

    assertThat(post(path(a, "close"), alice(), command, "").code()).isEqualTo("account-not-empty");
    assertThat(changes(a, operator())).isEmpty();
    assertThat(
            value(String.class, "SELECT rejection FROM command WHERE id = ?", transferOf(command)))
        .isEqualTo("account-not-empty");
    assertThat(post(path(a, "close"), alice(), UUID.randomUUID(), "").status()).isEqualTo(200);
  }

  @Test
  void anotherRequestUnderAUsedIdIsRefused() {
    UUID a = account("alice", 0);
    UUID command = UUID.randomUUID();
    assertThat(post(path(a, "overdraft"), operator(), command, limit(10)).status()).isEqualTo(200);

    Map<String, Answer> others =
        Map.of(
            "another limit", post(path(a, "overdraft"), operator(), command, limit(11)),
            "another reason",
                post(
                    path(a, "overdraft"),
                    operator(),
                    command,
                    "{\"limitMinor\":10,\"reason\":\"x\"}"),
            "another account",
                post(path(account("bob", 0), "overdraft"), operator(), command, limit(10)),
            "another change", post(path(a, "freeze"), operator(), command, ""));

    assertThat(others)
        .allSatisfy(
            (what, answer) -> {
              assertThat(answer.status()).as(what).isEqualTo(422);
              assertThat(answer.code()).as(what).isEqualTo("idempotency-key-reused");
            });
    assertThat(changes(a, operator())).containsExactly("1 OVERDRAFT");
  }

  @ParameterizedTest
  @ValueSource(strings = {"freeze", "unfreeze", "close", "reopen", "overdraft"})
  void aChangeWithoutACommandIdIsRefused(String change) {
    UUID a = account("alice", 0);

    Answer answer =
        post(path(a, change), operator(), null, change.equals("overdraft") ? limit(10) : "");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(changes(a, operator())).isEmpty();
  }

  @Test
  void whoMayNotAskLeavesTheIdUnused() {
    UUID a = account("alice", 0);
    UUID command = UUID.randomUUID();

    assertThat(post(path(a, "freeze"), bob(), command, "").status()).isEqualTo(404);
    assertThat(post(path(a, "overdraft"), alice(), command, limit(10)).status()).isEqualTo(403);

    assertThat(post(path(a, "freeze"), alice(), command, "").status()).isEqualTo(200);
  }

  @Test
  void theTrailTellsAnOperatorAllAndTheOwnerWhatAndWhen() {
    UUID a = account("alice", 0);
    UUID command = UUID.randomUUID();
    post(path(a, "freeze"), operator(), command, "{\"side\":\"CREDITS\",\"reason\":\"a hint\"}");
    post(path(a, "freeze"), alice(), UUID.randomUUID(), "");

    JsonNode all = get(path(a, "changes"), operator()).json().get("items");
    JsonNode own = get(path(a, "changes"), alice()).json().get("items");

    JsonNode first = all.get(0);
    assertThat(first.get("number").asLong()).isEqualTo(1);
    assertThat(first.get("change").asString()).isEqualTo("FREEZE");
    assertThat(first.get("changedBy").asString()).isEqualTo("operator");
    assertThat(first.get("byOperator").asBoolean()).isTrue();
    assertThat(first.get("reason").asString()).isEqualTo("a hint");
    assertThat(first.get("commandId").asString())
        .isEqualTo(
            value(
                String.class,
                "SELECT command_id::text FROM account_change WHERE reason = 'a hint'"
                    + " AND account_id = ?",
                a));
    assertThat(first.get("before").toString()).isEqualTo("{\"status\":\"OPEN\",\"floorMinor\":0}");
    assertThat(first.get("after").toString())
        .isEqualTo(
            "{\"status\":\"CREDITS_FROZEN\",\"frozenByOperator\":\"CREDITS\",\"floorMinor\":0}");
    assertThat(all.get(1).get("changedBy").asString()).isEqualTo("alice");
    assertThat(all.get(1).has("reason")).isFalse();
    assertThat(own.get(0).propertyNames())
        .containsExactlyInAnyOrder("number", "change", "changedAt", "before", "after");
    assertThat(own).hasSameSizeAs(all);
    assertThat(get(path(a, "changes"), bob()).status()).isEqualTo(404);
  }

  @Test
  void theTrailHasPagesThatAreTheAccountsOwn() {
    UUID a = account("alice", 0);
    for (int i = 0; i < 5; i++) {
      post(path(a, i % 2 == 0 ? "freeze" : "unfreeze"), alice(), UUID.randomUUID(), "");
    }
    List<Long> numbers = new ArrayList<>();
    String next = "";
    while (next != null) {
      JsonNode page = get(path(a, "changes?limit=2" + next), alice()).json();
      page.get("items").forEach(item -> numbers.add(item.get("number").asLong()));
      next = page.has("next") ? "&cursor=" + page.get("next").asString() : null;
      if (next != null) {
        String elsewhere = path(account("alice", 0), "changes?limit=2" + next);
        assertThat(get(elsewhere, alice()).status()).isEqualTo(400);
      }
    }
    assertThat(numbers).containsExactly(1L, 2L, 3L, 4L, 5L);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\" \"", "\"\"", "\"x\\u0000\"", "1", "\"%s\""})
  void aReasonThatIsNoneIsMalformed(String reason) {
    UUID a = account("alice", 0);
    String body = "{\"reason\":" + reason.formatted("x".repeat(201)) + "}";

    for (String change : List.of("freeze", "unfreeze", "close", "reopen")) {
      assertThat(post(path(a, change), operator(), UUID.randomUUID(), body).status())
          .isEqualTo(400);
    }
  }

  @Test
  void eachChangeIsToldInOrder() {
    UUID a = account("alice", 0);
    post(path(a, "overdraft"), operator(), UUID.randomUUID(), limit(50));
    post(path(a, "freeze"), operator(), UUID.randomUUID(), "");
    post(path(a, "unfreeze"), operator(), UUID.randomUUID(), "");
    post(path(a, "close"), alice(), UUID.randomUUID(), "");
    post(path(a, "reopen"), operator(), UUID.randomUUID(), "");

    assertThat(
            value(
                String.class,
                "SELECT string_agg(aggregate_seq || ' ' || type || ' ' || coalesce(payload ->>"
                    + " 'status', '-'), ', ' ORDER BY position) FROM outbox WHERE aggregate_type ="
                    + " 'account' AND aggregate_id = ?",
                a))
        .isEqualTo(
            "0 AccountOpened -, 1 AccountOverdraftSet OPEN, 2 AccountFrozen FROZEN,"
                + " 3 AccountUnfrozen OPEN, 4 AccountClosed CLOSED, 5 AccountReopened OPEN");
  }

  /// With its former grants the least privileged role made spending power without a trace.
  @Test
  void theApplicationsRoleCreatesNoSpendingPower() {
    UUID a = account("alice", 0);
    for (String update :
        List.of(
            "floor_minor = -100000",
            "frozen_by_operator = 'NONE'",
            "frozen_by_owner = 'NONE'",
            "is_closed = false",
            "change_count = 0")) {
      assertThat(
              org.assertj.core.api.Assertions.catchThrowableOfType(
                      SQLException.class,
                      () -> {
                        try (var app = as("ledger_app");
                            var statement = app.createStatement()) {
                          statement.execute(
                              "UPDATE account SET " + update + " WHERE id = '" + a + "'");
                        }
                      })
                  .getSQLState())
          .as(update)
          .isEqualTo("42501");
    }
  }

  private List<String> changes(UUID account, String token) {
    List<String> changes = new ArrayList<>();
    get(path(account, "changes"), token)
        .json()
        .get("items")
        .forEach(
            item -> changes.add(item.get("number").asLong() + " " + item.get("change").asString()));
    return changes;
  }

  private static String path(UUID account, String what) {
    return "/v1/accounts/" + account + "/" + what;
  }

  private static String limit(long minor) {
    return "{\"limitMinor\":" + minor + "}";
  }
}
