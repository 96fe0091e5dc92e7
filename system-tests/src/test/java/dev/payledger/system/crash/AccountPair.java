package dev.payledger.system.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.payledger.system.Stack;
import dev.payledger.system.crash.CrashMatrix.Found;

/// Carol's account with the money and bob's without any. All services have processed their opening.
record AccountPair(String carol, String bob, long fundedMinor) {
  static AccountPair open(long fundedMinor) {
    AccountPair pair =
        new AccountPair(Stack.account("carol", fundedMinor), Stack.account("bob", 0), fundedMinor);
    Stack.awaitFeed(pair.carol, "carol", 1);
    Stack.awaitOpenedInFeed(pair.bob, "bob");
    return pair;
  }

  /// Until fraud-service has processed the transfer that funded carol, and nothing else.
  void awaitLearned() {
    await()
        .atMost(Stack.SOON)
        .until(() -> FraudDatabase.largestPaidMinor(Stack.EXTERNAL_EUR, carol) == fundedMinor);
  }

  String transfer(long amountMinor) {
    return Stack.body(carol, bob, amountMinor);
  }

  String authorization(long amountMinor) {
    return transfer(amountMinor).replace("}", ",\"capture\":\"MANUAL\"}");
  }

  /// Asserts that there is one transfer, that it is posted, and that all services agree on it.
  Found moved(String id, long amountMinor, CrashClient client) {
    client.replaysItsEnd();
    assertThat(statusOf(id)).isEqualTo("POSTED");
    assertThat(Stack.transfersOn(carol)).isEqualTo(1);
    assertThat(Stack.balanceMinor(carol)).isEqualTo(fundedMinor - amountMinor);
    assertThat(Stack.balanceMinor(bob)).isEqualTo(amountMinor);
    assertThat(Stack.account(carol).get("heldMinor").asLong()).isZero();
    Stack.awaitFeed(carol, "carol", 2);
    Stack.awaitFeed(bob, "bob", 1);
    return new Found(id, "POSTED", client);
  }

  /// Asserts that there is one transfer, that it is final, and that it moved nothing.
  Found unmoved(String id, String status, CrashClient client) {
    client.replaysItsEnd();
    assertThat(statusOf(id)).isEqualTo(status);
    assertThat(Stack.transfersOn(carol)).isEqualTo(1);
    assertThat(Stack.balanceMinor(carol)).isEqualTo(fundedMinor);
    assertThat(Stack.balanceMinor(bob)).isZero();
    assertThat(Stack.account(carol).get("heldMinor").asLong()).isZero();
    Stack.awaitFeed(carol, "carol", 1);
    assertThat(Stack.feed(bob, "bob")).isEmpty();
    return new Found(id, status, client);
  }

  private static String statusOf(String id) {
    return Stack.get("/v1/transfers/" + id, "carol").text("status");
  }
}
