package dev.payledger.demo.journey;

import dev.payledger.demo.journey.GatewayClient.Answer;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/// Puts money into the demo accounts, through the gateway, as an operator would.
public final class Seed {
  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final Duration PAUSE = Duration.ofMillis(200);

  private Seed() {}

  /// Safe to repeat: the key and the body are the same on every start, so each account is funded
  /// once in its life.
  public static void run(GatewayClient gateway) throws IOException {
    String operator = gateway.token("operator");
    for (DemoAccount account : DemoAccount.ALL) {
      Answer answer = fund(gateway, operator, account);
      long deadline = System.nanoTime() + BOUND.toNanos();
      // A cold stack on a busy machine may say "pending" or "unavailable": the same key again.
      while ((answer.status() == 202 || answer.status() == 503) && System.nanoTime() < deadline) {
        LockSupport.parkNanos(PAUSE.toNanos());
        answer = fund(gateway, operator, account);
      }
      if (answer.status() != 201) {
        throw new IOException(
            "funding " + account.owner() + " in " + account.currency() + " failed: " + answer);
      }
    }
  }

  private static Answer fund(GatewayClient gateway, String operator, DemoAccount account)
      throws IOException {
    Payment funding =
        new Payment(account.external(), account.id(), account.fundedMinor(), account.currency());
    return gateway.post(
        operator,
        "/v1/transfers",
        funding.json(),
        "Idempotency-Key",
        "demo-seed-" + account.owner() + "-" + account.currency());
  }
}
