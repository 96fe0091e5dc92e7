package dev.payledger.ledger.saga;

import static org.assertj.core.api.Assertions.assertThat;

import dev.payledger.ledger.FraudDouble.Mood;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What passes while fraud-service does not answer: small transfers, within the allowance of an
/// account and of its owner, and not of blocked accounts.
class OfflineAllowanceIT extends SagaFixture {
  @Test
  void smallTransfersPassUnscreenedWithinTheirAccountsAllowance() {
    UUID a = account("alice", 30_000);
    UUID other = account("alice", 30_000);
    UUID b = account("bob", 0);
    FRAUD.become(Mood.FAILS);

    for (int i = 0; i < 3; i++) {
      assertThat(transfer(alice(), UUID.randomUUID(), a, b, SMALL).status()).isEqualTo(201);
    }
    UUID beyond = UUID.randomUUID();
    Answer pending = transfer(alice(), beyond, a, b, 1);

    assertThat(pending.status()).isEqualTo(202);
    assertMoney(a, 15_000, 1);
    assertThat(hold(transferOf(beyond))).isEqualTo("HELD");
    assertThat(transfer(alice(), UUID.randomUUID(), other, b, SMALL).status()).isEqualTo(201);

    clock.advance(PAUSE_MAX);
    recovery.runOnce();
    assertThat(status(transferOf(beyond))).isEqualTo("PENDING");
    clock.set(startOfNextHour());
    assertThat(transfer(alice(), UUID.randomUUID(), a, b, SMALL).status()).isEqualTo(201);
  }

  /// However many accounts an owner opens.
  @Test
  void oneOwnersAccountsShareItsAllowance() {
    UUID b = account("bob", 0);
    List<UUID> hers = Stream.generate(() -> account("alice", SMALL)).limit(7).toList();
    UUID seventh = hers.getLast();
    UUID others = account("bob", SMALL);
    FRAUD.become(Mood.FAILS);

    for (UUID another : hers.subList(0, 6)) {
      assertThat(transfer(alice(), UUID.randomUUID(), another, b, SMALL).status()).isEqualTo(201);
    }

    assertThat(transfer(alice(), UUID.randomUUID(), seventh, b, 1).status()).isEqualTo(202);
    assertThat(transfer(bob(), UUID.randomUUID(), others, b, 1).status()).isEqualTo(201);
    assertMoney(b, 6 * SMALL + 1, 0);
  }

  @ParameterizedTest
  @CsvSource({"false, 1", "false, 5001", "true, 1", "true, 5001"})
  void aBlockedAccountIsDeclinedWhileFraudIsAway(boolean isBreakerOpen, long minor) {
    UUID a = account("alice", 20_000);
    UUID blocked = account("alice", 20_000);
    UUID b = account("bob", 0);
    blockedAccount(blocked, true);
    FRAUD.become(Mood.FAILS);
    if (isBreakerOpen) {
      breaker().transitionToOpenState();
    }

    Answer to = transfer(alice(), UUID.randomUUID(), a, blocked, minor);
    Answer from = transfer(alice(), UUID.randomUUID(), blocked, b, minor);
    Answer inALeg =
        post(
            "/v1/transfers",
            alice(),
            UUID.randomUUID(),
            """
            {"legs":[{"debitAccountId":"%1$s","creditAccountId":"%2$s","amountMinor":%4$d},
              {"debitAccountId":"%1$s","creditAccountId":"%3$s","amountMinor":1}],"currency":"EUR"}
            """
                .formatted(a, b, blocked, minor));

    assertThat(List.of(to.code(), from.code(), inALeg.code())).containsOnly("fraud-declined");
    UUID transfer = UUID.fromString(to.json().get("transferId").asString());
    assertThat(screening(transfer)).isEqualTo("DECLINED");
    assertThat(releaseOwed(transfer)).as("fraud is told when it is back").isTrue();
    assertMoney(a, 20_000, 0);
    assertMoney(blocked, 20_000, 0);
    blockedAccount(blocked, false);
    assertThat(transfer(alice(), UUID.randomUUID(), a, blocked, 1).status()).isEqualTo(201);
  }

  @Test
  void nothingPassesUnscreenedBeforeTheListOfBlockedAccountsHasArrived() {
    UUID a = account("alice", 20_000);
    UUID b = account("bob", 0);
    UUID command = UUID.randomUUID();
    UUID transfer = transferOf(command);
    superuser("DELETE FROM blocked_account");
    FRAUD.become(Mood.FAILS);

    assertThat(transfer(alice(), command, a, b, 1).status()).isEqualTo(202);
    assertThat(status(transfer)).isEqualTo("PENDING");
    assertMoney(a, 20_000, 1);

    theListOfBlockedAccountsIsComplete();
    clock.advance(PAUSE_MAX);
    recovery.runOnce();
    assertThat(screening(transfer)).isEqualTo("SKIPPED");
  }

  @Test
  void twoTransfersAtOnceDoNotShareTheRestOfTheAllowance() throws Exception {
    UUID a = account("alice", 30_000);
    UUID b = account("bob", 0);
    FRAUD.become(Mood.FAILS);

    List<Future<Answer>> answers = new ArrayList<>();
    try (ExecutorService callers = Executors.newFixedThreadPool(6)) {
      for (int i = 0; i < 6; i++) {
        answers.add(callers.submit(() -> transfer(alice(), UUID.randomUUID(), a, b, SMALL)));
      }
    }

    List<Integer> statuses = new ArrayList<>();
    for (Future<Answer> answer : answers) {
      statuses.add(answer.get().status());
    }
    assertThat(statuses).containsExactlyInAnyOrder(201, 201, 201, 202, 202, 202);
    assertMoney(a, 15_000, 15_000);
  }
}
