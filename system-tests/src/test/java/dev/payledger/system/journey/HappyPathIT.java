package dev.payledger.system.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.system.Stack;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/// One transfer through every service, and one key used in every way that is not a new transfer.
class HappyPathIT extends Stack {

  @Test
  void transferMovesMoneyOnceAndShowsInBothFeeds() {
    String alice = account("alice", 10_000);
    String bob = account("bob", 0);
    String key = key();
    awaitFeed(alice, "alice", 1);

    Answer posted = transfer("alice", key, alice, bob, 1_000);
    Answer again = transfer("alice", key, alice, bob, 1_000);
    Answer quoted = transfer("alice", '"' + key + '"', alice, bob, 1_000);

    assertThat(posted.status()).isEqualTo(201);
    assertThat(posted.text("status")).isEqualTo("POSTED");
    assertThat(posted.text("screening")).isEqualTo("APPROVED");
    assertThat(posted.isReplayed()).isFalse();
    assertThat(again.body()).isEqualTo(posted.body());
    assertThat(again.isReplayed()).isTrue();
    assertThat(quoted.body()).isEqualTo(posted.body());
    assertThat(balanceMinor(alice)).isEqualTo(9_000);
    awaitFeed(alice, "alice", 2);
    awaitFeed(bob, "bob", 1);
    assertThat(feed(bob, "bob").getFirst().get("transferId").asString())
        .isEqualTo(posted.text("id"));
    Answer foreign = get("/v1/accounts/" + alice + "/feed", "bob");
    assertThat(foreign.json().get("known").asBoolean()).isFalse();
    assertThat(foreign.json().get("items")).isEmpty();
  }

  @Test
  void parallelRequestsWithOneKeyMakeOneTransfer() throws Exception {
    String alice = account("alice", 10_000);
    String bob = account("bob", 0);
    String key = key();

    List<Future<Answer>> answers = new ArrayList<>();
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 64; i++) {
        Callable<Answer> call = () -> settleTransfer("alice", key, alice, bob, 100);
        answers.add(callers.submit(call));
      }
    }

    Set<String> bodies = new HashSet<>();
    for (Future<Answer> answer : answers) {
      assertThat(answer.get().status()).isEqualTo(201);
      bodies.add(answer.get().body());
    }
    assertThat(bodies).hasSize(1);
    assertThat(transfersOn(alice)).isEqualTo(1);
    assertThat(balanceMinor(bob)).isEqualTo(100);
  }

  @Test
  void oneKeyServesTwoOperationsWithoutCollision() {
    String alice = account("alice", 1_000);
    String bob = account("bob", 0);
    String key = key();

    Answer opened =
        post("/v1/accounts", "alice", key, "{\"name\":\"Savings\",\"currency\":\"EUR\"}");
    Answer posted = transfer("alice", key, alice, bob, 10);
    Answer openedAgain =
        post("/v1/accounts", "alice", key, "{\"name\":\"Savings\",\"currency\":\"EUR\"}");

    assertThat(opened.status()).isEqualTo(201);
    assertThat(posted.status()).isEqualTo(201);
    assertThat(posted.text("id")).isNotEqualTo(opened.text("id"));
    assertThat(openedAgain.body()).isEqualTo(opened.body());
  }

  @Test
  void oneKeyOfTwoCustomersMakesTwoTransfers() {
    String alice = account("alice", 1_000);
    String bob = account("bob", 1_000);
    String key = key();

    Answer first = transfer("alice", key, alice, bob, 10);
    Answer second = transfer("bob", key, bob, alice, 10);

    assertThat(first.status()).isEqualTo(201);
    assertThat(second.status()).isEqualTo(201);
    assertThat(second.text("id")).isNotEqualTo(first.text("id"));
  }
}
