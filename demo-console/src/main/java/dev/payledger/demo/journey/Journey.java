package dev.payledger.demo.journey;

import dev.payledger.demo.journey.GatewayClient.Answer;
import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/// The scripted walk of `./demo --check`: each promise that README shows with curl, asserted.
public final class Journey {
  private static final Duration FEED_BOUND = Duration.ofSeconds(1);
  private static final String TRANSFERS = "/v1/transfers";

  private final GatewayClient gateway;
  private final Consumer<String> out;
  private int failed;

  public Journey(GatewayClient gateway, Consumer<String> out) {
    this.gateway = gateway;
    this.out = out;
  }

  /// True when every step was as promised.
  public boolean run() throws IOException {
    String alice = gateway.token("alice");
    String bob = gateway.token("bob");
    check("a token for alice", !alice.isEmpty(), "");
    Answer accounts = gateway.get(alice, "/v1/accounts");
    check(
        "alice lists her accounts",
        accounts.status() == 200 && accounts.body().contains(DemoAccount.ALICE),
        accounts);

    String key = "check-" + UUID.randomUUID();
    Answer first = pay(alice, 1_000, "Idempotency-Key", key);
    long answered = System.nanoTime();
    check(
        "10.00 EUR to bob is POSTED",
        first.status() == 201 && first.json().path("status").asString("").equals("POSTED"),
        first);
    feedShows(bob, first.status() == 201 ? first.json().path("id").asString("") : "", answered);
    replays(alice, key, first);
    refusesBadKeys(alice);
    refusesOverdraft(alice);
    keepsStrangersOut(bob);
    refusesBadAmounts(alice);

    Answer checks = gateway.get(gateway.token("operator"), "/v1/operator/checks");
    check(
        "the ledger's checks pass",
        checks.status() == 200 && checks.json().path("passed").asBoolean(false),
        checks);
    return failed == 0;
  }

  private void replays(String alice, String key, Answer first) throws IOException {
    long balance = balance(alice);
    Answer again = pay(alice, 1_000, "Idempotency-Key", key);
    check(
        "the same request again: the same bytes, marked as replayed",
        again.status() == 201 && again.isReplayed() && again.body().equals(first.body()),
        again);
    Answer quoted = pay(alice, 1_000, "Idempotency-Key", "\"" + key + "\"");
    check(
        "the quoted form of the key is the same key",
        quoted.status() == 201 && quoted.isReplayed() && quoted.body().equals(first.body()),
        quoted);
    check("and the balance did not move", balance(alice) == balance, balance);
    Answer other = pay(alice, 1_001, "Idempotency-Key", key);
    check(
        "the same key with another amount: 422",
        other.status() == 422 && other.code().equals("idempotency-key-reused"),
        other);
  }

  private void refusesBadKeys(String alice) throws IOException {
    Answer missing = pay(alice, 1_000);
    check(
        "no key: 400",
        missing.status() == 400 && missing.code().equals("idempotency-key-missing"),
        missing);
    Answer lookAlike = pay(alice, 1_000, "X-Idempotency-Key", "check-" + UUID.randomUUID());
    check("a look-alike header: 400", lookAlike.status() == 400, lookAlike);
  }

  private void refusesOverdraft(String alice) throws IOException {
    long balance = balance(alice);
    String key = "check-" + UUID.randomUUID();
    Answer no = pay(alice, balance + 1, "Idempotency-Key", key);
    check(
        "more than she has: 422 insufficient-funds",
        no.status() == 422 && no.code().equals("insufficient-funds"),
        no);
    Answer still = pay(alice, balance + 1, "Idempotency-Key", key);
    check(
        "and the same key says so permanently",
        still.status() == 422 && still.isReplayed() && still.body().equals(no.body()),
        still);
    check("and there is no entry", balance(alice) == balance, balance);
  }

  private void keepsStrangersOut(String bob) throws IOException {
    Answer reading = gateway.get(bob, "/v1/accounts/" + DemoAccount.ALICE);
    check("bob reading alice's account: 404", reading.status() == 404, reading);
    Answer debiting = pay(bob, 1_000, "Idempotency-Key", "check-" + UUID.randomUUID());
    check("bob debiting alice: 404", debiting.status() == 404, debiting);
    Answer nobody = pay("", 1_000, "Idempotency-Key", "check-" + UUID.randomUUID());
    check("no token: 401", nobody.status() == 401, nobody);
  }

  private void refusesBadAmounts(String alice) throws IOException {
    for (String amount : new String[] {"0", "-5", "1.5", "\"10\""}) {
      bad("amount " + amount, alice, payment(1_000).json().replace(":1000,", ":" + amount + ","));
    }
    bad("an unknown field", alice, payment(1_000).json().replace("{", "{\"tip\":1,"));
    bad("a duplicate key", alice, payment(1_000).json().replace("{", "{\"currency\":\"EUR\","));
  }

  private void bad(String what, String token, String body) throws IOException {
    Answer answer =
        gateway.post(token, TRANSFERS, body, "Idempotency-Key", "check-" + UUID.randomUUID());
    check(what + ": 400", answer.status() == 400, answer);
  }

  private void feedShows(String bob, String transferId, long answered) throws IOException {
    long deadline = answered + FEED_BOUND.toNanos();
    Answer feed = gateway.get(bob, "/v1/accounts/" + DemoAccount.BOB + "/feed?limit=100");
    while (!shows(feed, transferId) && System.nanoTime() < deadline) {
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
      feed = gateway.get(bob, "/v1/accounts/" + DemoAccount.BOB + "/feed?limit=100");
    }
    long millis = Duration.ofNanos(System.nanoTime() - answered).toMillis();
    check(
        "bob's feed shows it within a second (" + millis + " ms)",
        shows(feed, transferId) && millis <= FEED_BOUND.toMillis(),
        feed);
  }

  private static boolean shows(Answer feed, String transferId) {
    return feed.status() == 200
        && StreamSupport.stream(feed.json().path("items").spliterator(), false)
            .map((JsonNode item) -> item.path("transferId").asString(""))
            .anyMatch(transferId::equals);
  }

  private long balance(String alice) throws IOException {
    return gateway
        .get(alice, "/v1/accounts/" + DemoAccount.ALICE + "/balance")
        .json()
        .required("balanceMinor")
        .asLong();
  }

  private Answer pay(String token, long amountMinor, String... headers) throws IOException {
    return gateway.post(token, TRANSFERS, payment(amountMinor).json(), headers);
  }

  private static Payment payment(long amountMinor) {
    return new Payment(DemoAccount.ALICE, DemoAccount.BOB, amountMinor, "EUR");
  }

  private void check(String promise, boolean kept, Object seen) {
    out.accept((kept ? "  ok      " : "  FAILED  ") + promise + (kept ? "" : ", but: " + seen));
    if (!kept) {
      failed++;
    }
  }
}
