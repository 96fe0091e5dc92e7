package dev.payledger.local.demo;

import dev.payledger.local.demo.GatewayClient.Answer;
import java.io.IOException;

/// Puts money into the demo accounts, through the front door, as an operator would.
final class Seed {
  private Seed() {}

  /// Safe to repeat: the key and the body are the same on every start, so each account is funded
  /// once in its life.
  static void run(GatewayClient gateway) throws IOException {
    String operator = gateway.token("operator");
    for (DemoAccount account : DemoAccount.ALL) {
      Payment funding =
          new Payment(account.external(), account.id(), account.fundedMinor(), account.currency());
      Answer answer =
          gateway.post(
              operator,
              "/v1/transfers",
              funding.json(),
              "Idempotency-Key",
              "demo-seed-" + account.owner() + "-" + account.currency());
      if (answer.status() != 201) {
        throw new IOException(
            "funding " + account.owner() + " in " + account.currency() + " failed: " + answer);
      }
    }
  }
}
