package dev.payledger.gateway.connection;

import dev.payledger.gateway.GatewayApplication;
import dev.payledger.gateway.GatewayUnderTest;
import dev.payledger.testkit.Postgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/// One more gateway in this process, with bounds that a test can reach.
final class SmallGateway implements AutoCloseable {
  private final ConfigurableApplicationContext context;

  SmallGateway(String jwksUrl, String ledgerUrl, String... settings) {
    List<String> properties =
        new ArrayList<>(
            List.of(
                "--server.port=0",
                "--management.server.port=0",
                "--POSTGRES_HOST=" + Postgres.address().host(),
                "--POSTGRES_PORT=" + Postgres.address().port(),
                "--ISSUER_URL=" + GatewayUnderTest.ISSUER,
                "--JWKS_URL=" + jwksUrl,
                "--LEDGER_URL=" + ledgerUrl));
    for (String setting : settings) {
      properties.add("--" + setting);
    }
    context =
        new SpringApplicationBuilder(GatewayApplication.class)
            .run(properties.toArray(String[]::new));
  }

  private int port(String property) {
    return Integer.parseInt(Objects.requireNonNull(context.getEnvironment().getProperty(property)));
  }

  int port() {
    return port("local.server.port");
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
        .timeout(Duration.ofSeconds(30));
  }

  HttpRequest.Builder readiness() {
    return HttpRequest.newBuilder(
            URI.create(
                "http://127.0.0.1:" + port("local.management.port") + "/actuator/health/readiness"))
        .timeout(Duration.ofSeconds(5));
  }

  Socket connect() throws IOException {
    return connect(new Socket());
  }

  /// By one who takes hardly a byte that it does not read.
  Socket connectWithoutRoom() throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(1_024);
    return connect(socket);
  }

  private Socket connect(Socket socket) throws IOException {
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port()));
    socket.setSoTimeout(30_000);
    return socket;
  }

  /// Sends it as it is.
  static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
  }

  @Override
  public void close() {
    context.close();
  }
}
