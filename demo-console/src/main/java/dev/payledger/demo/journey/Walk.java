package dev.payledger.demo.journey;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/// The main class inside the compose stack, for a machine with nothing but Docker: `seed` puts the
/// demo's money in, `walk` checks every promise. The second argument is the gateway's address.
public final class Walk {
  private Walk() {}

  public static void main(String[] arguments) throws IOException {
    System.setOut(new PrintStream(System.out, true, StandardCharsets.UTF_8));
    if (arguments.length != 2) {
      throw new IllegalArgumentException("Usage: seed|walk <gateway>");
    }
    int status;
    try (GatewayClient gateway =
        new GatewayClient(URI.create(arguments[1]), GatewayClient.OPERATOR_SECRET)) {
      status =
          switch (arguments[0]) {
            case "seed" -> {
              Seed.run(gateway);
              yield 0;
            }
            case "walk" -> new Journey(gateway, System.out::println).run() ? 0 : 1;
            default -> throw new IllegalArgumentException("There is no " + arguments[0] + ".");
          };
    }
    System.exit(status);
  }
}
