package dev.payledger.ledger.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.ledger.FraudDouble.Mood;
import dev.payledger.ledger.LedgerUnderTest;
import dev.payledger.ledger.saga.SagaStepper;
import dev.payledger.testkit.Postgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;
import tools.jackson.databind.JsonNode;

/// Several debits and credits that happen together or not at all: alice, with 10,000 on a and 1,000 on
/// a2, pays bob and carol.
@Import(SagaStepper.class)
class LegsIT extends LedgerUnderTest {
  @Autowired private SagaStepper saga;

  private UUID a;
  private UUID a2;
  private UUID b;
  private UUID c;

  @BeforeEach
  void accounts() {
    a = account("alice", 10_000);
    a2 = account("alice", 1_000);
    b = account("bob", 0);
    c = account("carol", 0);
  }

  @Test
  void allLegsPostAndEachAccountSeesItsOwn() {
    UUID id = UUID.randomUUID();
    Answer paid = pay(id, leg(a, b, 700), leg(a, c, 300), leg(a2, c, 50));

    assertThat(paid.status()).isEqualTo(201);
    assertThat(paid.json().get("amountMinor").asLong()).isEqualTo(1_050);
    assertThat(paid.json().get("capturedMinor").asLong()).isEqualTo(1_050);
    assertThat(paid.json().get("legs")).hasSize(3);
    assertThat(paid.json().has("debitAccountId")).isFalse();
    assertThat(List.of(balanceMinor(a), balanceMinor(a2), balanceMinor(b), balanceMinor(c)))
        .containsExactly(9_000L, 950L, 700L, 350L);
    JsonNode carols = get("/v1/transfers/" + transferOf(id), ISSUER.token("carol")).json();
    assertThat(carols.get("legs")).hasSize(2);
    assertThat(carols.get("amountMinor").asLong()).isEqualTo(350);
    assertThat(carols.has("screening")).isFalse();
    assertThat(get("/v1/transfers/" + transferOf(id), ISSUER.token("dora")).status())
        .isEqualTo(404);
    for (UUID account : List.of(a, a2, b, c)) {
      assertThat(get("/v1/transfers?accountId=" + account, operator()).json().get("items"))
          .anyMatch(item -> item.get("id").asString().equals(transferOf(id).toString()));
    }
    assertThat(get("/v1/accounts/" + c + "/entries", ISSUER.token("carol")).json().get("items"))
        .extracting(line -> line.get("amountMinor").asLong())
        .containsExactly(300L, 50L);
  }

  @Test
  void oneLegThatCannotBePaidStopsAllOfThem() {
    Answer paid = pay(UUID.randomUUID(), leg(a, b, 700), leg(a2, c, 1_001));

    assertThat(paid.code()).isEqualTo("insufficient-funds");
    assertThat(List.of(balanceMinor(a), balanceMinor(a2), balanceMinor(b), balanceMinor(c)))
        .containsExactly(10_000L, 1_000L, 0L, 0L);
    assertThat(heldMinor(a)).isZero();
  }

  @Test
  void theLegsOfOneAccountAreHeldTogether() {
    assertThat(pay(UUID.randomUUID(), leg(a, b, 6_000), leg(a, c, 4_001)).code())
        .isEqualTo("insufficient-funds");
    UUID id = UUID.randomUUID();
    assertThat(pay(id, leg(a, b, 6_000), leg(a, c, 4_000)).status()).isEqualTo(201);
    assertThat(value(Long.class, "SELECT count(*) FROM hold WHERE transfer_id = ?", transferOf(id)))
        .isEqualTo(1);
  }

  @Test
  void whatOneLegBringsAnotherCannotSpend() {
    UUID empty = account("alice", 0);
    assertThat(pay(UUID.randomUUID(), leg(a, empty, 100), leg(empty, b, 100)).code())
        .isEqualTo("insufficient-funds");
  }

  @Test
  void theFirstLegThatCannotBeTellsWhy() {
    assertThat(pay(UUID.randomUUID(), leg(a, a, 1), leg(a, b, 99_999)).code())
        .isEqualTo("self-transfer");
    assertThat(pay(UUID.randomUUID(), leg(a, b, 99_999), leg(a, a, 1)).code())
        .isEqualTo("insufficient-funds");
    assertThat(pay(UUID.randomUUID(), leg(a, b, 1), leg(a, UUID.randomUUID(), 1)).code())
        .isEqualTo("account-unusable");
  }

  @Test
  void whoeverPaysMustOwnEveryAccountThatPays() {
    UUID rich = account("carol", 500);
    assertThat(pay(UUID.randomUUID(), leg(a, b, 1), leg(rich, b, 1)).status()).isEqualTo(404);
    assertThat(
            post(
                    "/v1/transfers",
                    operator(),
                    UUID.randomUUID(),
                    body(leg(a, b, 1), leg(rich, b, 1)))
                .status())
        .isEqualTo(201);
  }

  @Test
  void anAccountThatTakesNoCreditsStopsAllOfThemAtThePost() {
    FRAUD.become(Mood.FAILS);
    UUID id = UUID.randomUUID();
    assertThat(pay(id, leg(a, b, 7_000), leg(a, c, 1)).status()).isEqualTo(202);
    post("/v1/accounts/" + c + "/freeze", operator(), UUID.randomUUID(), "{\"side\":\"CREDITS\"}");
    FRAUD.become(Mood.APPROVES);
    clock.advance(Duration.ofMinutes(1));
    saga.recover();

    assertThat(get("/v1/transfers/" + transferOf(id), alice()).json().get("rejection").asString())
        .isEqualTo("account-unusable");
    assertThat(balanceMinor(a)).isEqualTo(10_000);
    assertThat(heldMinor(a)).isZero();
    assertThat(balanceMinor(b)).isZero();
  }

  @Test
  void aRefusalByScreeningGivesEveryHoldBack() {
    FRAUD.become(Mood.DECLINES);
    assertThat(pay(UUID.randomUUID(), leg(a, b, 10), leg(a2, c, 20)).code())
        .isEqualTo("fraud-declined");
    assertThat(heldMinor(a) + heldMinor(a2)).isZero();
  }

  @Test
  void unscreenedLegsUseUpTheAllowanceOfEachAccountOrOfNone() {
    UUID a3 = account("alice", 50_000);
    FRAUD.become(Mood.FAILS);
    for (int i = 0; i < 3; i++) {
      assertThat(pay(UUID.randomUUID(), leg(a3, b, 4_800)).status()).isEqualTo(201);
    }
    assertThat(pay(UUID.randomUUID(), leg(a, c, 10), leg(a3, b, 601)).status())
        .as("a3 has 600 left")
        .isEqualTo(202);
    assertThat(pay(UUID.randomUUID(), leg(a, c, 10), leg(a3, b, 600)).status()).isEqualTo(201);
    assertThat(
            value(Long.class, "SELECT used_minor FROM offline_allowance WHERE account_id = ?", a))
        .isEqualTo(10);
  }

  @Test
  void aReversalGivesAllLegsBackAndIsAskedForByWhoOwnsThemAll() {
    UUID id = UUID.randomUUID();
    pay(id, leg(a, b, 700), leg(a, c, 300));
    String path = "/v1/transfers/" + transferOf(id) + "/reversals";

    assertThat(post(path, bob(), UUID.randomUUID(), "{}").code()).isEqualTo("forbidden");
    assertThat(post(path, operator(), UUID.randomUUID(), "{\"amountMinor\":300}").status())
        .isEqualTo(400);
    Answer back = post(path, operator(), UUID.randomUUID(), "{}");
    assertThat(back.status()).isEqualTo(201);
    assertThat(back.json().get("legs")).hasSize(2);
    assertThat(List.of(balanceMinor(a), balanceMinor(b), balanceMinor(c)))
        .containsExactly(10_000L, 0L, 0L);
    assertThat(post(path, operator(), UUID.randomUUID(), "{}").code()).isEqualTo("reversal-limit");
    JsonNode original = get("/v1/transfers/" + transferOf(id), ISSUER.token("carol")).json();
    assertThat(original.get("reversedMinor").asLong()).isEqualTo(300);
  }

  @Test
  void payeeReversesOwnLegInParts() {
    UUID id = UUID.randomUUID();
    pay(id, leg(a, b, 700), leg(a, c, 300));
    String path = "/v1/transfers/" + transferOf(id) + "/reversals";
    String carol = ISSUER.token("carol");

    assertThat(post(path, carol, UUID.randomUUID(), part(1, 10)).code()).isEqualTo("forbidden");
    assertThat(post(path, carol, UUID.randomUUID(), part(3, 10)).code())
        .as("how many legs there are is not hers to know")
        .isEqualTo("forbidden");
    assertThat(post(path, carol, UUID.randomUUID(), part(2, 301)).code())
        .isEqualTo("reversal-limit");
    Answer some = post(path, carol, UUID.randomUUID(), part(2, 100));
    assertThat(some.status()).as(some.text()).isEqualTo(201);
    assertThat(some.json().get("creditAccountId").asString()).isEqualTo(a.toString());
    assertThat(post(path, carol, UUID.randomUUID(), part(2, 201)).code())
        .as("of that leg, whatever is left of the other")
        .isEqualTo("reversal-limit");
    assertThat(balanceMinor(c)).isEqualTo(200);
    assertThat(reversedMinor(id, carol)).isEqualTo(100);
    assertThat(reversedMinor(id, bob())).isZero();

    Answer rest = post(path, operator(), UUID.randomUUID(), "{}");
    assertThat(rest.status()).as(rest.text()).isEqualTo(201);
    assertThat(rest.json().get("amountMinor").asLong()).isEqualTo(900);
    assertThat(List.of(balanceMinor(a), balanceMinor(b), balanceMinor(c)))
        .containsExactly(10_000L, 0L, 0L);
    assertThat(post(path, carol, UUID.randomUUID(), "{\"legs\":[{\"leg\":2}]}").code())
        .isEqualTo("reversal-limit");
    assertThat(reversedMinor(id, carol)).isEqualTo(300);
    assertThat(reversedMinor(id, alice())).isEqualTo(1_000);
  }

  @Test
  void declinedLegReversalFreesItsAmount() {
    UUID id = UUID.randomUUID();
    pay(id, leg(a, b, 700), leg(a, c, 300));
    String path = "/v1/transfers/" + transferOf(id) + "/reversals";
    String both = "{\"legs\":[{\"leg\":2,\"amountMinor\":250},{\"leg\":1,\"amountMinor\":50}]}";
    FRAUD.become(Mood.DECLINES);
    assertThat(post(path, operator(), UUID.randomUUID(), both).code()).isEqualTo("fraud-declined");
    FRAUD.become(Mood.APPROVES);
    assertThat(post(path, operator(), UUID.randomUUID(), both).status()).isEqualTo(201);

    assertThat(post(path, operator(), UUID.randomUUID(), part(2, 51)).code())
        .isEqualTo("reversal-limit");
    assertThat(post(path, operator(), UUID.randomUUID(), part(1, 650)).status()).isEqualTo(201);
    assertThat(List.of(balanceMinor(b), balanceMinor(c))).containsExactly(0L, 50L);
  }

  @Test
  void transferBeyondTurnoverLimitIsRejected() throws SQLException {
    try (Connection superuser = Postgres.superuser("ledger");
        Statement statement = superuser.createStatement()) {
      // What it moved before, to and fro.
      statement.execute("SET session_replication_role = replica");
      for (String change : List.of("+", "-")) {
        statement.execute(
            "UPDATE account SET credits_posted_minor = credits_posted_minor %s x,".formatted(change)
                + " debits_posted_minor = debits_posted_minor %s x".formatted(change)
                + " FROM (VALUES (9223372036854770807)) v (x) WHERE id = '%s'".formatted(b));
        Answer answer = transfer(alice(), UUID.randomUUID(), a, b, 6_000);
        if (change.equals("+")) {
          assertThat(answer.code()).isEqualTo("turnover-limit");
          assertThat(heldMinor(a)).isZero();
          assertThat(get("/v1/operator/trial-balance", operator()).status()).isEqualTo(200);
        } else {
          assertThat(answer.status()).isEqualTo(201);
        }
      }
    }
  }

  @Test
  void onePayeeOfSeveralDoesNotStopTheOthersPayment() {
    FRAUD.become(Mood.FAILS);
    UUID id = UUID.randomUUID();
    assertThat(pay(id, leg(a, b, 7_000), leg(a, c, 1)).status()).isEqualTo(202);
    String path = "/v1/transfers/" + transferOf(id) + "/void";

    assertThat(post(path, ISSUER.token("carol"), UUID.randomUUID(), "").code())
        .isEqualTo("forbidden");
    assertThat(post(path, ISSUER.token("dora"), UUID.randomUUID(), "").status()).isEqualTo(404);
    assertThat(post(path, alice(), UUID.randomUUID(), "").status()).isIn(200, 202);
    FRAUD.become(Mood.APPROVES);
    saga.recover();
    assertThat(get("/v1/transfers/" + transferOf(id), alice()).json().get("status").asString())
        .isEqualTo("VOIDED");
    assertThat(heldMinor(a)).isZero();
  }

  @Test
  void fiftyLegsAreOneTransfer() {
    String[] legs =
        IntStream.range(0, 50).mapToObj(i -> leg(a, i % 2 == 0 ? b : c, 1)).toArray(String[]::new);
    assertThat(pay(UUID.randomUUID(), legs).status()).isEqualTo(201);
    assertThat(balanceMinor(b) + balanceMinor(c)).isEqualTo(50);
  }

  @Test
  void manyAtOnceOverTheSameAccountsInAnyOrderMoveEachOnce() throws Exception {
    List<Future<Answer>> running = new ArrayList<>();
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 24; i++) {
        String[] legs =
            i % 2 == 0
                ? new String[] {leg(a, b, 100), leg(a2, c, 10)}
                : new String[] {leg(a2, c, 10), leg(a, b, 100)};
        running.add(callers.submit(() -> pay(UUID.randomUUID(), legs)));
      }
    }
    for (Future<Answer> each : running) {
      assertThat(each.get().status()).isEqualTo(201);
    }
    assertThat(balanceMinor(b)).isEqualTo(2_400);
    assertThat(balanceMinor(c)).isEqualTo(240);
  }

  @Test
  void theSameRequestHappensOnceAndAnotherUnderItsIdIsRefused() {
    UUID id = UUID.randomUUID();
    Answer first = pay(id, leg(a, b, 700), leg(a, c, 300));
    assertThat(pay(id, leg(a, b, 700), leg(a, c, 300)).text()).isEqualTo(first.text());
    assertThat(pay(id, leg(a, c, 300), leg(a, b, 700)).code()).isEqualTo("idempotency-key-reused");
    assertThat(balanceMinor(b)).isEqualTo(700);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"legs\":[],\"currency\":\"EUR\"}",
        "{\"legs\":[null],\"currency\":\"EUR\"}",
        "{\"legs\":[{\"amountMinor\":1}],\"currency\":\"EUR\"}",
        "{\"legs\":[%s,%s],\"currency\":\"EUR\",\"amountMinor\":2}",
        "{\"legs\":[%s,%s],\"currency\":\"EUR\",\"capture\":\"MANUAL\"}",
        "{\"legs\":[%s,%s]}",
        "{\"legs\":[%s,{\"debitAccountId\":\"e0000000-0000-7000-8000-000000000978\",\"creditAccountId\":\"e0000000-0000-7000-8000-000000000978\",\"amountMinor\":9007199254740991}],\"currency\":\"EUR\"}"
      })
  void aBodyThatIsNoneIsMalformed(String body) {
    String leg = leg(a, b, 1);
    assertThat(post("/v1/transfers", alice(), UUID.randomUUID(), body.formatted(leg, leg)).status())
        .isEqualTo(400);
  }

  @Test
  void fiftyOneLegsAreTooMany() {
    String[] legs = IntStream.range(0, 51).mapToObj(i -> leg(a, b, 1)).toArray(String[]::new);
    assertThat(pay(UUID.randomUUID(), legs).status()).isEqualTo(400);
  }

  private static String part(int leg, long minor) {
    return "{\"legs\":[{\"leg\":%d,\"amountMinor\":%d}]}".formatted(leg, minor);
  }

  private long reversedMinor(UUID command, String caller) {
    return get("/v1/transfers/" + transferOf(command), caller).json().get("reversedMinor").asLong();
  }

  private Answer pay(UUID command, String... legs) {
    return post("/v1/transfers", alice(), command, body(legs));
  }

  private static String body(String... legs) {
    return "{\"legs\":["
        + List.of(legs).stream().collect(Collectors.joining(","))
        + "],\"currency\":\"EUR\"}";
  }

  private static String leg(UUID debit, UUID credit, long minor) {
    return "{\"debitAccountId\":\"%s\",\"creditAccountId\":\"%s\",\"amountMinor\":%d}"
        .formatted(debit, credit, minor);
  }
}
