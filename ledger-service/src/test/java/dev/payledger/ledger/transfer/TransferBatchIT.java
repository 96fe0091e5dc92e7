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
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;
import tools.jackson.databind.JsonNode;

/// Many transfers in one request, each by itself: alice, with 10,000, pays bob.
@Import(SagaStepper.class)
class TransferBatchIT extends LedgerUnderTest {
  @Autowired private SagaStepper saga;

  private UUID a;
  private UUID b;

  @BeforeEach
  void accounts() {
    a = account("alice", 10_000);
    b = account("bob", 0);
  }

  @Test
  void eachItemIsAnsweredAsIfItHadBeenAskedForByItself() {
    Answer answer =
        batch(
            UUID.randomUUID(),
            body(a, b, "100"),
            body(a, b, "99999"),
            body(b, a, "1"),
            body(a, b, "50").replace("}", ",\"capture\":\"MANUAL\"}"),
            body(a, a, "1"));

    assertThat(answer.status()).isEqualTo(200);
    JsonNode items = answer.json().get("items");
    assertThat(items)
        .extracting(item -> item.get("status").asInt())
        .containsExactly(201, 422, 404, 201, 422);
    assertThat(items.get(0).get("transfer").get("status").asString()).isEqualTo("POSTED");
    assertThat(items.get(1).get("problem").get("code").asString()).isEqualTo("insufficient-funds");
    assertThat(items.get(1).get("problem").get("transferId").asString()).isNotEmpty();
    assertThat(items.get(2).get("problem").get("code").asString()).isEqualTo("not-found");
    assertThat(items.get(3).get("transfer").get("status").asString()).isEqualTo("HELD");
    assertThat(items.get(4).get("problem").get("code").asString()).isEqualTo("self-transfer");
    assertThat(balanceMinor(b)).isEqualTo(100);
  }

  @Test
  void aHundredItemsPostOnceHoweverOftenTheBatchIsSent() throws Exception {
    UUID command = UUID.randomUUID();
    String[] items =
        IntStream.rangeClosed(1, 100)
            .mapToObj(i -> body(a, b, Integer.toString(i)))
            .toArray(String[]::new);
    Answer first;
    Answer beside;
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Answer> one = callers.submit(() -> batch(command, items));
      Future<Answer> other = callers.submit(() -> batch(command, items));
      first = one.get();
      beside = other.get();
    }
    Answer again = batch(command, items);

    assertThat(again.status()).isEqualTo(200);
    assertThat(statuses(again)).containsOnly(201).hasSize(100);
    assertThat(ids(again)).doesNotHaveDuplicates();
    assertThat(Stream.of(first, beside))
        .allSatisfy(answer -> assertThat(ids(answer)).isEqualTo(ids(again)));
    assertThat(balanceMinor(b)).isEqualTo(5_050);
  }

  @Test
  void whatIsStillPendingMakesTheAnswerATemporaryOne() {
    FRAUD.become(Mood.FAILS);
    UUID command = UUID.randomUUID();
    Answer pending = batch(command, body(a, b, "6000"), body(a, b, "10"));
    assertThat(pending.status()).isEqualTo(202);
    assertThat(statuses(pending)).containsExactly(202, 201);

    FRAUD.become(Mood.APPROVES);
    clock.advance(Duration.ofMinutes(1));
    saga.recover();

    Answer done = batch(command, body(a, b, "6000"), body(a, b, "10"));
    assertThat(done.status()).isEqualTo(200);
    assertThat(statuses(done)).containsExactly(201, 201);
    assertThat(balanceMinor(b)).isEqualTo(6_010);
  }

  @Test
  void anotherBatchUnderTheSameIdIsRefusedWhole() {
    UUID command = UUID.randomUUID();
    batch(command, body(a, b, "1"), body(a, b, "2"));

    for (String[] other :
        new String[][] {
          {body(a, b, "1"), body(a, b, "3")},
          {body(a, b, "1"), body(a, b, "2"), body(a, b, "4")},
          {body(a, b, "1")},
          {body(a, b, "2"), body(a, b, "1")}
        }) {
      Answer answer = batch(command, other);
      assertThat(answer.status()).isEqualTo(422);
      assertThat(answer.code()).isEqualTo("idempotency-key-reused");
    }
    assertThat(transfer(alice(), command, a, b, 1).code()).isEqualTo("idempotency-key-reused");
    assertThat(balanceMinor(b)).isEqualTo(3);
  }

  /// Of two batches at one time, each of 30 items, one is done whole and the other not at all.
  @Test
  void differentBatchesAtOnceAreNeverMixed() throws Exception {
    for (int round = 0; round < 5; round++) {
      long before = balanceMinor(b);
      UUID command = UUID.randomUUID();
      List<Answer> answers = new ArrayList<>();
      try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<Answer>> both = new ArrayList<>();
        for (String minor : List.of("1", "10")) {
          String[] items =
              IntStream.range(0, 30).mapToObj(i -> body(a, b, minor)).toArray(String[]::new);
          both.add(callers.submit(() -> batch(command, items)));
        }
        for (Future<Answer> each : both) {
          answers.add(each.get());
        }
      }
      assertThat(answers).extracting(Answer::status).containsExactlyInAnyOrder(200, 422);
      assertThat(balanceMinor(b) - before).isEqualTo(answers.get(0).status() == 200 ? 30 : 300);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"items\":[]}",
        "{\"items\":[null]}",
        "{\"items\":[{}]}",
        "{\"items\":[%s,{\"amountMinor\":1}]}",
        "{\"items\":[%s],\"more\":1}",
        "[%s]"
      })
  void oneItemThatIsMalformedStopsTheBatchBeforeItBegins(String body) {
    assertThat(
            post(
                    "/v1/transfer-batches",
                    alice(),
                    UUID.randomUUID(),
                    body.formatted(body(a, b, "5")))
                .status())
        .isEqualTo(400);
    assertThat(balanceMinor(a)).isEqualTo(10_000);
  }

  @Test
  void aHundredAndOneItemsAreTooMany() {
    String[] items = IntStream.range(0, 101).mapToObj(i -> body(a, b, "1")).toArray(String[]::new);
    assertThat(batch(UUID.randomUUID(), items).status()).isEqualTo(400);
  }

  private Answer batch(UUID command, String... items) {
    return post(
        "/v1/transfer-batches",
        alice(),
        command,
        "{\"items\":[" + Stream.of(items).collect(Collectors.joining(",")) + "]}");
  }

  private static List<Integer> statuses(Answer answer) {
    return items(answer).map(item -> item.get("status").asInt()).toList();
  }

  private static List<String> ids(Answer answer) {
    return items(answer).map(item -> item.get("transfer").get("id").asString()).toList();
  }

  private static Stream<JsonNode> items(Answer answer) {
    return StreamSupport.stream(answer.json().get("items").spliterator(), false);
  }
}
