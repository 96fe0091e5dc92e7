package dev.payledger.demo;

import dev.payledger.demo.journey.DemoAccount;
import dev.payledger.demo.journey.GatewayClient;
import dev.payledger.demo.journey.GatewayClient.Answer;
import dev.payledger.demo.journey.Payment;
import dev.payledger.stack.Service;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/// Longer texts that the launcher prints.
final class Words {
  static final String HELP =
      """
      ./demo                       start everything, show a transfer, stay until Ctrl-C
      ./demo --check               start everything, check every promise, stop; the exit status tells
      ./demo up --detach [--fresh] start in the background; --fresh forgets all data first
      ./demo up --docker, ./demo --check --docker
                                   the same in containers; needs Docker with its compose plugin.
                                   The commands below find whichever stack is up
      ./demo status                what runs, how it feels, what memory it takes; fraud screening's
                                   breaker and what waits for it
      ./demo token <client>        a token for alice, bob, carol or operator
      ./demo transfer [from to amount [currency]]
                                   a transfer, by default alice bob 10.00 EUR
      ./demo kill <service>        kill -9 of a process, and see it come back
      ./demo kill <service> --at <failpoint>[:before|:after-commit|:after-reply]
                                   the same at its next passing of a named place, as in
                                   kill ledger --at ledger.posted:after-commit; a wrong name lists them
      ./demo faults fraud latency 2s [--for 30s]
      ./demo faults fraud error 100%%, … garbage, … hang, … big, … off
                                   fraud-service slow, failing, talking nonsense, silent, at 10 MB
                                   length, for 60 s unless said; ./demo faults lists what is on
      ./demo verify                run the ledger's checks; the exit status tells
      ./demo logs [service]        the end of a log
      ./demo logs --trace <id>     what each service logged about one request; a problem's traceId
      ./demo secrets <service>     passwords and keys that a service is given, as lines for a shell
      ./demo doctor                can this machine run it, and what to do if not
      ./demo down                  stop everything, also what a killed launcher has left
      Services: %s
      """;

  private Words() {}

  static String help() {
    return HELP.formatted(Service.titles(List.of(Service.values())));
  }

  /// Makes it and shows it.
  static void firstTransfer(Consumer<String> out, GatewayClient gateway) throws IOException {
    Payment payment = new Payment(DemoAccount.ALICE, DemoAccount.BOB, 1_000, "EUR");
    Answer answer =
        gateway.post(
            gateway.token("alice"),
            "/v1/transfers",
            payment.json(),
            "Idempotency-Key",
            "demo-first-" + UUID.randomUUID());
    if (answer.status() != 201) {
      throw new IOException("the first transfer failed: " + answer);
    }
    JsonNode transfer = answer.json();
    out.accept("");
    out.accept("A first transfer, alice to bob, 10.00 EUR:");
    out.accept(GatewayClient.JSON.writerWithDefaultPrettyPrinter().writeValueAsString(transfer));
  }

  /// Lines that work as they are.
  static void whatToTry(Consumer<String> out, URI gateway) {
    out.accept("");
    out.accept("The accounts, the same on every start:");
    for (DemoAccount account : DemoAccount.ALL) {
      out.accept("  %-5s %s  %s".formatted(account.owner(), account.currency(), account.id()));
    }
    out.accept("");
    out.accept("Try, in another terminal:");
    out.accept("  TOKEN=$(./demo token alice)");
    out.accept("  curl -s %s/v1/accounts -H \"Authorization: Bearer $TOKEN\"".formatted(gateway));
    out.accept(
        "  curl -s %s/v1/transfers -H \"Authorization: Bearer $TOKEN\" -H 'Content-Type: application/json' -H 'Idempotency-Key: try-1' -d '%s'"
            .formatted(
                gateway, new Payment(DemoAccount.ALICE, DemoAccount.BOB, 1_000, "EUR").json()));
    out.accept("  (the same line again: the same answer, and the money moves once)");
    out.accept(
        "  curl -s %s/v1/accounts/%s/feed -H \"Authorization: Bearer $(./demo token bob)\""
            .formatted(gateway, DemoAccount.BOB));
    out.accept("  ./demo kill ledger     ./demo verify     ./demo status     ./demo help");
    out.accept("");
  }
}
