package dev.payledger.ledger.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.ledger.FraudDouble.Mood;
import dev.payledger.ledger.LedgerUnderTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What each side sees of a transfer, in every answer that shows it. Alice, with a and a2, pays bob and
/// carol.
class SidesIT extends LedgerUnderTest {
  private static final String TERMS = ",\"reference\":\"rent\",\"metadata\":{\"flat\":\"7\"}}";

  private UUID a;
  private UUID a2;
  private UUID b;
  private UUID c;

  @BeforeEach
  void open() {
    a = account("alice", 10_000);
    a2 = account("alice", 1_000);
    b = account("bob", 500);
    c = account("carol", 0);
    // What follows is newer than the deposits.
    clock.advance(Duration.ofSeconds(1));
  }

  @Test
  void payeeSeesFailureWithoutReason() {
    FRAUD.become(Mood.DECLINES);
    Answer declined = pay(body(a, b, "10"));
    assertThat(declined.code()).isEqualTo("fraud-declined");
    String path = "/v1/transfers/" + declined.json().get("transferId").asString();

    assertThat(get(path, alice()).json().get("rejection").asString()).isEqualTo("fraud-declined");
    for (JsonNode seen :
        List.of(get(path, bob()).json(), inList(b, bob(), get(path, bob()).json()))) {
      assertThat(seen.get("status").asString()).isEqualTo("REJECTED");
      assertThat(seen.propertyNames()).doesNotContain("rejection", "screening", "timeline");
    }
  }

  @Test
  void payeeSeesNoAttemptWithoutHold() {
    UUID frozen = account("alice", 100);
    post("/v1/accounts/" + frozen + "/freeze", alice(), UUID.randomUUID(), "");
    String leg = leg(a, b, 99_999);
    List<Answer> attempts =
        List.of(
            pay(body(a, b, "99999")),
            pay(body(frozen, b, "1")),
            pay("{\"legs\":[" + leg + "," + leg(a2, c, 1) + "],\"currency\":\"EUR\"}"));
    assertThat(attempts)
        .extracting(Answer::code)
        .containsExactly("insufficient-funds", "account-frozen", "insufficient-funds");

    String nothing = text("/v1/transfers/" + UUID.randomUUID(), bob());
    for (Answer attempt : attempts) {
      String path = "/v1/transfers/" + attempt.json().get("transferId").asString();
      assertThat(get(path, alice()).json().get("rejection").asString()).isEqualTo(attempt.code());
      assertThat(get(path, operator()).json().get("rejection").asString())
          .isEqualTo(attempt.code());
      assertThat(text(path, bob())).as("as one that there is not").isEqualTo(nothing);
      assertThat(get(path + "/timeline", bob()).status()).isEqualTo(404);
      assertThat(get(path + "/reversals", bob()).status()).isEqualTo(404);
      for (String command : List.of("/capture", "/void", "/reversals")) {
        assertThat(post(path + command, bob(), UUID.randomUUID(), "{}").status())
            .as(command)
            .isEqualTo(404);
      }
    }
  }

  @Test
  void listAndDetailOfATransferAreTheSame() {
    made(pay(body(a, b, "40").replace("}", TERMS)));
    made(
        pay(
            ("{\"legs\":[%s,%s,%s],\"currency\":\"EUR\"}")
                .formatted(leg(a, b, 70), leg(a2, c, 30), leg(a, a2, 5))
                .replace("\"EUR\"}", "\"EUR\"" + TERMS)));
    UUID held = made(pay(body(a2, b, "20").replace("}", ",\"capture\":\"MANUAL\"}")));
    post("/v1/transfers/" + held + "/capture", bob(), UUID.randomUUID(), "{\"amountMinor\":7}");
    String shared = "{\"legs\":[%s,%s],\"currency\":\"EUR\"}".formatted(leg(a, b, 1), leg(b, c, 2));
    made(post("/v1/transfers", operator(), UUID.randomUUID(), shared.replace("\"}", "\"" + TERMS)));

    int compared = 0;
    for (UUID account : List.of(a, a2, b, c)) {
      for (String token : List.of(alice(), bob(), ISSUER.token("carol"), operator())) {
        Answer list = get("/v1/transfers?accountId=" + account, token);
        if (list.status() == 404) {
          continue;
        }
        for (JsonNode item : list.json().get("items")) {
          ObjectNode detail =
              (ObjectNode) get("/v1/transfers/" + item.get("id").asString(), token).json();
          detail.remove(List.of("timeline", "reversals"));
          assertThat(item).isEqualTo(detail);
          compared++;
        }
      }
    }
    assertThat(compared).isGreaterThan(20);
  }

  @Test
  void listShowsAllLegsToSolePayer() {
    made(
        pay(
            ("{\"legs\":[%s,%s],\"currency\":\"EUR\"" + TERMS)
                .formatted(leg(a, b, 70), leg(a2, c, 30))));

    for (String token : List.of(alice(), operator())) {
      JsonNode seen = get("/v1/transfers?accountId=" + a, token).json().get("items").get(0);
      assertThat(seen.get("amountMinor").asLong()).isEqualTo(100);
      assertThat(seen.get("legs")).hasSize(2);
      assertThat(seen.get("reference").asString()).isEqualTo("rent");
      assertThat(seen.get("metadata").get("flat").asString()).isEqualTo("7");
      assertThat(seen.get("screening").asString()).isEqualTo("APPROVED");
    }
    JsonNode bobs = get("/v1/transfers?accountId=" + b, bob()).json().get("items").get(0);
    assertThat(bobs.get("amountMinor").asLong()).isEqualTo(70);
    assertThat(bobs.propertyNames()).doesNotContain("reference", "metadata", "screening");
  }

  @Test
  void eachSideReadsItsOwnBalanceAfterIt() {
    Answer paid = pay(body(a, b, "40"));
    String path = "/v1/transfers/" + paid.json().get("id").asString();

    assertThat(paid.json().get("balances").toString())
        .isEqualTo(
            "[{\"accountId\":\"%s\",\"sequence\":2,\"balanceAfterMinor\":9960}]".formatted(a));
    pay(body(a, b, "1"));
    assertThat(get(path, alice()).json().get("balances")).isEqualTo(paid.json().get("balances"));
    assertThat(get(path, bob()).json().get("balances").toString())
        .isEqualTo(
            "[{\"accountId\":\"%s\",\"sequence\":2,\"balanceAfterMinor\":540}]".formatted(b));
    assertThat(get(path, operator()).json().get("balances")).hasSize(2);
  }

  @Test
  void balanceAfterCapturesFollowsLastCapture() {
    UUID held = made(pay(body(a, b, "20").replace("}", ",\"capture\":\"MANUAL\"}")));
    String path = "/v1/transfers/" + held;
    assertThat(get(path, alice()).json().has("balances")).as("nothing is posted").isFalse();

    for (long minor = 1; minor <= 2; minor++) {
      Answer captured =
          post(path + "/capture", bob(), UUID.randomUUID(), "{\"amountMinor\":" + minor + "}");
      JsonNode own = captured.json().get("balances").get(0);
      assertThat(own.get("accountId").asString()).isEqualTo(b.toString());
      assertThat(own.get("balanceAfterMinor").asLong()).isEqualTo(500 + minor * (minor + 1) / 2);
      assertThat(own.get("sequence").asLong()).isEqualTo(1 + minor);
    }
  }

  private Answer pay(String body) {
    return post("/v1/transfers", alice(), UUID.randomUUID(), body);
  }

  private static UUID made(Answer answer) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(201);
    return UUID.fromString(answer.json().get("id").asString());
  }

  private JsonNode inList(UUID account, String token, JsonNode transfer) {
    List<JsonNode> found = new ArrayList<>();
    for (JsonNode item : get("/v1/transfers?accountId=" + account, token).json().get("items")) {
      if (item.get("id").equals(transfer.get("id"))) {
        found.add(item);
      }
    }
    assertThat(found).hasSize(1);
    return found.getFirst();
  }

  private String text(String path, String token) {
    Answer answer = get(path, token);
    assertThat(answer.status()).isEqualTo(404);
    return answer.text().replaceAll("/v1/transfers/[-0-9a-f]{36}", "…");
  }

  private static String leg(UUID debit, UUID credit, long minor) {
    return "{\"debitAccountId\":\"%s\",\"creditAccountId\":\"%s\",\"amountMinor\":%d}"
        .formatted(debit, credit, minor);
  }
}
