package dev.payledger.demo.journey;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The check notices a system that says yes to everything.
class JourneyIT {
  private HttpServer yesSayer;

  @BeforeEach
  void startYesSayer() throws IOException {
    yesSayer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    yesSayer.createContext(
        "/",
        exchange -> {
          byte[] yes =
              "{\"access_token\":\"t\",\"status\":\"POSTED\",\"balanceMinor\":1,\"passed\":true}"
                  .getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(201, yes.length);
          exchange.getResponseBody().write(yes);
          exchange.close();
        });
    // The token is the one thing that must be 200 for the walk to begin.
    yesSayer.createContext(
        "/oauth2/token",
        exchange -> {
          byte[] token = "{\"access_token\":\"t\"}".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, token.length);
          exchange.getResponseBody().write(token);
          exchange.close();
        });
    yesSayer.start();
  }

  @AfterEach
  void stopYesSayer() {
    yesSayer.stop(0);
  }

  @Test
  void everyBrokenPromiseIsNamed() throws IOException {
    List<String> lines = new ArrayList<>();
    try (GatewayClient gateway =
        new GatewayClient(
            URI.create("http://127.0.0.1:" + yesSayer.getAddress().getPort()), "any")) {
      assertThat(new Journey(gateway, lines::add).run()).isFalse();
    }

    // It keeps four promises by accident: a token, a POSTED transfer, and two unmoved balances.
    assertThat(lines.stream().filter(line -> line.startsWith("  ok"))).hasSize(4);
    assertThat(lines.stream().filter(line -> line.startsWith("  FAILED")))
        .hasSize(lines.size() - 4)
        .anyMatch(line -> line.contains("no key: 400, but: 201"))
        .anyMatch(line -> line.contains("no token: 401"))
        .anyMatch(line -> line.contains("bob's feed"))
        .anyMatch(line -> line.contains("the ledger's checks pass"));
  }
}
