package dev.payledger.ledger.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.ledger.FraudDouble.Mood;
import dev.payledger.ledger.LedgerUnderTest;
import dev.payledger.ledger.saga.SagaStepper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;
import tools.jackson.databind.JsonNode;

/// Giving back what a transfer moved: alice paid bob 10,000 of her 50,000, who asks for reversals.
@Import(SagaStepper.class)
class ReversalIT extends LedgerUnderTest {
  @Autowired private SagaStepper saga;

  private UUID a;
  private UUID b;
  private UUID paid;

  @BeforeEach
  void alicePaysBob() {
    a = account("alice", 50_000);
    b = account("bob", 0);
    UUID command = UUID.randomUUID();
    paid = transferOf(command);
    assertThat(transfer(alice(), command, a, b, 10_000).status()).isEqualTo(201);
  }

  @Test
  void aWholeReversalGivesAllOfItBackAndBothKnowOfEachOther() {
    Answer reversal = reverse(bob(), "{}");

    assertThat(reversal.status()).isEqualTo(201);
    assertThat(reversal.json().get("reverses").asString()).isEqualTo(paid.toString());
    assertThat(reversal.json().get("amountMinor").asLong()).isEqualTo(10_000);
    assertThat(balanceMinor(a)).isEqualTo(50_000);
    assertThat(balanceMinor(b)).isZero();
    for (String side : List.of(alice(), bob())) {
      JsonNode original = get("/v1/transfers/" + paid, side).json();
      assertThat(original.get("status").asString()).isEqualTo("POSTED");
      assertThat(original.get("reversedMinor").asLong()).isEqualTo(10_000);
      assertThat(original.get("reversals")).singleElement().isEqualTo(reversal.json().get("id"));
    }
  }

  @Test
  void partsAddUpToTheWholeAndNotBeyond() {
    assertThat(reverse(bob(), amount(4_000)).status()).isEqualTo(201);
    assertThat(reverse(bob(), amount(6_001)).code()).isEqualTo("reversal-limit");
    assertThat(reverse(bob(), amount(6_000)).status()).isEqualTo(201);
    assertThat(reverse(bob(), amount(1)).code()).isEqualTo("reversal-limit");

    assertThat(balanceMinor(a)).isEqualTo(50_000);
    assertThat(original().get("reversedMinor").asLong()).isEqualTo(10_000);
  }

  @Test
  void reversalWithoutAmountReturnsRest() {
    assertThat(reverse(bob(), amount(4_000)).status()).isEqualTo(201);
    UUID command = UUID.randomUUID();
    Answer rest = post(path(paid), bob(), command, "{}");

    assertThat(rest.status()).isEqualTo(201);
    assertThat(rest.json().get("amountMinor").asLong()).isEqualTo(6_000);
    assertThat(balanceMinor(a)).isEqualTo(50_000);
    assertThat(original().get("reversedMinor").asLong()).isEqualTo(10_000);
    assertThat(post(path(paid), bob(), command, "{}").text()).isEqualTo(rest.text());
    assertThat(reverse(bob(), "{}").code()).as("nothing is left").isEqualTo("reversal-limit");
    assertThat(FRAUD.assessedMinor(UUID.fromString(rest.json().get("id").asString())))
        .as("what was screened")
        .isEqualTo(6_000);
  }

  @Test
  void reversalOfRestExcludesPendingReversals() {
    FRAUD.become(Mood.FAILS);
    assertThat(reverse(bob(), amount(8_000)).status()).isEqualTo(202);
    FRAUD.become(Mood.APPROVES);
    Answer rest = reverse(bob(), "{}");

    assertThat(rest.status()).isEqualTo(201);
    assertThat(rest.json().get("amountMinor").asLong()).isEqualTo(2_000);
  }

  @Test
  void ofManyAtOnceOnlySoManyPassAsThereIsRoomFor() throws Exception {
    // Bob could pay for all of them.
    transfer(alice(), UUID.randomUUID(), a, b, 30_000);
    List<Answer> answers = new ArrayList<>();
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Answer>> running = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        running.add(callers.submit(() -> reverse(bob(), amount(4_000))));
      }
      for (Future<Answer> each : running) {
        answers.add(each.get());
      }
    }

    assertThat(answers).filteredOn(answer -> answer.status() == 201).hasSize(2);
    assertThat(answers)
        .filteredOn(answer -> answer.status() != 201)
        .allSatisfy(answer -> assertThat(answer.code()).isEqualTo("reversal-limit"));
    assertThat(original().get("reversedMinor").asLong()).isEqualTo(8_000);
  }

  @Test
  void aReversalUnderWayKeepsItsRoomAndReleasesItWhenCompensated() {
    FRAUD.become(Mood.FAILS);
    Answer pending = reverse(bob(), amount(8_000));
    assertThat(pending.status()).isEqualTo(202);
    FRAUD.become(Mood.APPROVES);
    assertThat(reverse(bob(), amount(3_000)).code()).isEqualTo("reversal-limit");
    assertThat(original().get("reversedMinor").asLong()).as("nothing is given back yet").isZero();

    clock.advance(Duration.ofMinutes(16));
    saga.recover();

    assertThat(status(UUID.fromString(pending.json().get("id").asString()))).isEqualTo("EXPIRED");
    assertThat(reverse(bob(), amount(3_000)).status()).isEqualTo(201);
    assertThat(original().get("reversedMinor").asLong()).isEqualTo(3_000);
  }

  @Test
  void aReversalThatScreeningDeclinesReversesNothing() {
    FRAUD.become(Mood.DECLINES);
    assertThat(reverse(bob(), "{}").code()).isEqualTo("fraud-declined");
    FRAUD.become(Mood.APPROVES);

    assertThat(original().get("reversedMinor").asLong()).isZero();
    assertThat(reverse(bob(), "{}").status()).isEqualTo(201);
  }

  @Test
  void onlyWhoGivesTheMoneyBackOrAnOperatorMayAsk() {
    UUID nobodys = UUID.randomUUID();
    Answer unknown = post(path(nobodys), ISSUER.token("carol"), UUID.randomUUID(), "{}");
    Answer strangers = post(path(paid), ISSUER.token("carol"), UUID.randomUUID(), "{}");

    assertThat(reverse(alice(), "{}").code()).isEqualTo("forbidden");
    assertThat(strangers.status()).isEqualTo(404);
    assertThat(strangers.text().replace(paid.toString(), "…"))
        .isEqualTo(unknown.text().replace(nobodys.toString(), "…"));
    assertThat(reverse(operator(), "{}").status()).isEqualTo(201);
  }

  @Test
  void thereIsNoReversalOfAReversalNorOfWhatMovedNothing() {
    UUID reversal = UUID.randomUUID();
    post(path(paid), bob(), reversal, amount(10));
    assertThat(post(path(transferOf("bob", reversal)), alice(), UUID.randomUUID(), "{}").code())
        .isEqualTo("not-reversible");

    UUID rejected = UUID.randomUUID();
    transfer(alice(), rejected, a, b, 99_999_999);
    assertThat(post(path(transferOf(rejected)), operator(), UUID.randomUUID(), "{}").code())
        .isEqualTo("not-reversible");
    assertThat(post(path(transferOf(rejected)), bob(), UUID.randomUUID(), "{}").code())
        .as("what held nothing is not the payee's")
        .isEqualTo("not-found");

    FRAUD.become(Mood.FAILS);
    UUID pending = UUID.randomUUID();
    assertThat(transfer(alice(), pending, a, b, 9_000).status()).isEqualTo(202);
    assertThat(post(path(transferOf(pending)), bob(), UUID.randomUUID(), "{}").code())
        .isEqualTo("not-reversible");
  }

  @Test
  void paymentToNobodyIsNotReversed() {
    UUID command = UUID.randomUUID();
    assertThat(transfer(alice(), command, a, UUID.randomUUID(), 10).code())
        .isEqualTo("account-unusable");
    String path = path(transferOf(command));

    UUID asked = UUID.randomUUID();
    Answer answer = post(path, operator(), asked, "{}");
    assertThat(answer.code()).isEqualTo("not-reversible");
    assertThat(post(path, operator(), asked, "{}").text()).isEqualTo(answer.text());
    assertThat(post(path, alice(), UUID.randomUUID(), "{}").code()).isEqualTo("forbidden");
  }

  @Test
  void whoHasSpentTheMoneyCannotGiveItBack() {
    transfer(bob(), UUID.randomUUID(), b, a, 9_500);

    assertThat(reverse(bob(), "{}").code()).isEqualTo("insufficient-funds");
    assertThat(reverse(bob(), amount(500)).status()).isEqualTo(201);
  }

  @Test
  void theSameRequestReversesOnceAndAnotherUnderItsIdIsRefused() {
    UUID command = UUID.randomUUID();
    Answer first = post(path(paid), bob(), command, amount(100));
    Answer again = post(path(paid), bob(), command, amount(100));
    Answer other = post(path(paid), bob(), command, amount(101));

    assertThat(again.status()).isEqualTo(201);
    assertThat(again.text()).isEqualTo(first.text());
    assertThat(other.code()).isEqualTo("idempotency-key-reused");
    assertThat(original().get("reversedMinor").asLong()).isEqualTo(100);
  }

  @Test
  void onlyAnOperatorGivesADepositBackToWhereItCameFrom() {
    UUID deposit = UUID.randomUUID();
    transfer(operator(), deposit, EXTERNAL_EUR, a, 700);

    assertThat(post(path(transferOf("operator", deposit)), alice(), UUID.randomUUID(), "{}").code())
        .isEqualTo("account-unusable");
    assertThat(
            post(path(transferOf("operator", deposit)), operator(), UUID.randomUUID(), "{}")
                .status())
        .isEqualTo(201);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{\"amountMinor\":0}",
        "{\"amountMinor\":-1}",
        "{\"amountMinor\":1.5}",
        "{\"amountMinor\":\"10\"}",
        "{\"amountMinor\":9007199254740992}",
        "{\"amount\":1}",
        "{\"reference\":\"\\u0000\"}",
        "{\"legs\":[]}",
        "{\"legs\":[{}]}",
        "{\"legs\":[{\"leg\":0}]}",
        "{\"legs\":[{\"leg\":51}]}",
        "{\"legs\":[{\"leg\":1,\"amountMinor\":0}]}",
        "{\"legs\":[{\"leg\":1},{\"leg\":1}]}",
        "{\"legs\":[{\"leg\":1}],\"amountMinor\":1}"
      })
  void aBodyThatIsNoneIsMalformed(String body) {
    assertThat(reverse(bob(), body).status()).isEqualTo(400);
    assertThat(original().get("reversedMinor").asLong()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"TransferHeld,PENDING", "TransferPosted,POSTED"})
  void itsEventsSayWhatItReverses(String type, String status) {
    UUID reversal = UUID.randomUUID();
    post(path(paid), bob(), reversal, "{}");

    assertThat(
            value(
                String.class,
                "SELECT payload ->> 'reverses' FROM outbox WHERE aggregate_id = ? AND type = ?"
                    + " AND payload ->> 'status' = ?",
                transferOf("bob", reversal),
                type,
                status))
        .isEqualTo(paid.toString());
  }

  private Answer reverse(String token, String body) {
    return post(path(paid), token, UUID.randomUUID(), body);
  }

  private JsonNode original() {
    return get("/v1/transfers/" + paid, bob()).json();
  }

  private static String path(UUID transfer) {
    return "/v1/transfers/" + transfer + "/reversals";
  }

  private static String amount(long minor) {
    return "{\"amountMinor\":" + minor + "}";
  }
}
