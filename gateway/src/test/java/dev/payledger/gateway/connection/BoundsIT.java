package dev.payledger.gateway.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.payledger.gateway.Downstream.Reply;
import dev.payledger.gateway.GatewayUnderTest;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What a connection may hold and for how long, by sockets that behave badly.
class BoundsIT extends GatewayUnderTest {
  private static final int CONNECTIONS_MAX = 30;
  // Far above the bounds, which are one to three seconds here: a busy machine is late.
  private static final Duration SOON = Duration.ofSeconds(15);
  private static final String TRANSFERS = "/v1/transfers";
  private static SmallGateway gateway;

  private final List<Socket> sockets = new ArrayList<>();
  private final ScheduledExecutorService trickle = Executors.newScheduledThreadPool(1);

  @BeforeEach
  void started() {
    if (gateway == null) {
      gateway =
          new SmallGateway(
              uri("/oauth2/jwks").toString(),
              ledger.url(),
              "server.tomcat.connection-timeout=1s",
              "server.tomcat.keep-alive-timeout=2s",
              "server.tomcat.max-connections=" + CONNECTIONS_MAX,
              "gateway.connection.request-arrives-within=2s",
              "gateway.connection.drain-for=0s",
              "RATE_LIMIT_KEYS_BURST=4",
              "RATE_LIMIT_KEYS_PER_SECOND=1",
              "SHEDDING_LIMIT_MIN=2",
              "SHEDDING_LIMIT_START=2",
              "SHEDDING_LIMIT_MAX=2",
              "SHEDDING_CALLER_IN_FLIGHT_MAX=1");
    }
    ledger.answers(request -> Reply.json(200, "{\"items\":[]}"));
    // At hand before a connection waits for what it is to say.
    List.of("alice", "bob", "carol", "operator").forEach(this::token);
  }

  @AfterEach
  void hungUp() throws IOException {
    trickle.shutdownNow();
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  @AfterAll
  static void stopped() {
    gateway.close();
    gateway = null;
  }

  private Socket connect() throws IOException {
    return kept(gateway.connect());
  }

  private Socket kept(Socket socket) {
    sockets.add(socket);
    return socket;
  }

  private String head(String method, String path, String more) {
    return method
        + " "
        + path
        + " HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer "
        + token("alice")
        + "\r\n"
        + more;
  }

  /// A byte every now and then, never silent for as long as the container tolerates.
  private ScheduledFuture<?> trickle(Socket socket) {
    return trickle.scheduleAtFixedRate(
        () -> {
          try {
            SmallGateway.send(socket, "x");
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        },
        100,
        200,
        TimeUnit.MILLISECONDS);
  }

  /// All that still comes until the other side closes.
  private static String rest(Socket socket) {
    try {
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      // Reset, because it had bytes that nobody read.
      return "";
    }
  }

  private HttpResponse<String> read() {
    return send(
        gateway.request("/v1/accounts").header("Authorization", "Bearer " + token("alice")));
  }

  private HttpRequest.Builder posting(String client, String body) {
    return gateway
        .request(TRANSFERS)
        .header("Authorization", "Bearer " + token(client))
        .header("Content-Type", "application/json")
        .header("Idempotency-Key", newKey())
        .POST(BodyPublishers.ofString(body));
  }

  private static Duration timed(Runnable work) {
    long start = System.nanoTime();
    work.run();
    return Duration.ofNanos(System.nanoTime() - start);
  }

  @Test
  void whoSaysNothingIsHungUpOn() throws IOException {
    Socket silent = connect();
    assertThat(timed(() -> assertThat(rest(silent)).isEmpty()))
        .isBetween(Duration.ofMillis(500), SOON);
    Socket half = connect();
    SmallGateway.send(half, "GET /v1/acc");
    assertThat(timed(() -> rest(half))).isLessThan(SOON);
  }

  @Test
  void headersThatTrickleInEndWithTheTimeOfARequest() throws IOException {
    Socket slow = connect();
    SmallGateway.send(slow, head("GET", "/v1/accounts", "X-Slow: "));
    trickle(slow);
    assertThat(timed(() -> assertThat(rest(slow)).isEmpty()))
        .isBetween(Duration.ofMillis(1_500), SOON);
    assertThat(ledger.arrived()).isEmpty();
  }

  @Test
  void bodiesThatTrickleInHoldNoPlaceAndEndWithTheTimeOfARequest() throws Exception {
    List<Socket> slow = new ArrayList<>();
    // More than there are places.
    for (int sender = 0; sender < 6; sender++) {
      Socket socket = connect();
      SmallGateway.send(
          socket,
          head(
              "POST",
              TRANSFERS,
              "Content-Type: application/json\r\nIdempotency-Key: "
                  + newKey()
                  + "\r\nContent-Length: 500\r\n\r\n{"));
      trickle(socket);
      slow.add(socket);
    }
    ledger.answers(request -> Reply.json(201, "{}"));
    for (int call = 0; call < 3; call++) {
      assertThat(send(posting("bob", transfer(1))).statusCode()).isEqualTo(201);
    }
    assertThat(
            timed(
                () ->
                    slow.forEach(socket -> assertThat(rest(socket)).doesNotContain("HTTP/1.1 2"))))
        .isLessThan(SOON);
    assertThat(ledger.arrived()).hasSize(3);
  }

  @Test
  void aBodyThatStopsIsToldSo() throws IOException {
    Socket stops = connect();
    SmallGateway.send(
        stops,
        head(
            "POST",
            TRANSFERS,
            "Content-Type: application/json\r\nIdempotency-Key: "
                + newKey()
                + "\r\nContent-Length: 500\r\n\r\n{"));
    String answer = rest(stops);
    assertThat(answer)
        .startsWith("HTTP/1.1 408 ")
        .containsIgnoringCase("Connection: close")
        .contains("\"code\":\"request-timeout\"")
        .contains("\"retryable\":true");
    assertThat(ledger.arrived()).isEmpty();
  }

  @Test
  void aBodyThatNobodyAskedForEndsWithTheTimeOfARequestToo() throws IOException {
    Socket slow = connect();
    SmallGateway.send(slow, head("GET", "/v1/accounts", "Content-Length: 60000\r\n\r\n"));
    trickle(slow);
    assertThat(timed(() -> rest(slow))).isLessThan(SOON);
  }

  @Test
  void whoReadsSlowlyHoldsNoPlace() throws IOException {
    ledger.answers(request -> Reply.json(200, "\"" + "x".repeat(1_900_000) + "\""));
    for (int reader = 0; reader < 4; reader++) {
      Socket socket = kept(gateway.connectWithoutRoom());
      SmallGateway.send(socket, head("GET", "/v1/accounts", "\r\n"));
    }
    await().atMost(SOON).until(() -> ledger.arrived().size() == 4);
    ledger.answers(request -> Reply.json(200, "{\"items\":[]}"));
    for (int call = 0; call < 3; call++) {
      assertThat(read().statusCode()).isEqualTo(200);
    }
  }

  @Test
  void headersAreBounded() throws IOException {
    for (String more :
        List.of("X-Long: " + "x".repeat(9_000) + "\r\n", "X-One: 1\r\n".repeat(200))) {
      Socket socket = connect();
      SmallGateway.send(socket, head("GET", "/v1/accounts", more + "\r\n"));
      String answer = rest(socket);
      assertThat(answer).containsPattern("^HTTP/1.1 4(00|31) ");
      assertThat(answer)
          .contains("application/problem+json")
          .contains("\"code\":\"invalid-request\"")
          .containsPattern("\"traceId\":\"[0-9a-f]{32}\"");
    }
    assertThat(ledger.arrived()).isEmpty();
  }

  @Test
  void withAllConnectionsTakenOldOnesAreServedAndNewOnesWaitUntilTheIdleAreHungUpOn()
      throws Exception {
    Socket old = connect();
    SmallGateway.send(old, head("GET", "/v1/accounts", "\r\n"));
    assertThat(old.getInputStream().read()).isEqualTo('H');
    while (old.getInputStream().available() > 0) {
      old.getInputStream().skipNBytes(old.getInputStream().available());
    }
    for (int idle = 1; idle < CONNECTIONS_MAX + 5; idle++) {
      connect();
    }
    try (ExecutorService caller = Executors.newVirtualThreadPerTaskExecutor()) {
      var waiting =
          caller.submit(
              () -> {
                Socket socket = connect();
                SmallGateway.send(socket, head("GET", "/v1/accounts", "Connection: close\r\n\r\n"));
                return rest(socket);
              });
      SmallGateway.send(old, head("GET", "/v1/accounts", "\r\n"));
      assertThat(timed(() -> assertThat(firstByte(old)).isEqualTo('H'))).isLessThan(SOON);
      assertThat(waiting.get(20, TimeUnit.SECONDS)).startsWith("HTTP/1.1 200 ");
    }
  }

  private static int firstByte(Socket socket) {
    try {
      return socket.getInputStream().read();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aCallerStoresNoMoreKeysThanItsBudgetHas() {
    ledger.answers(request -> Reply.json(201, "{}"));
    HttpResponse<String> last = send(posting("carol", transfer(1)));
    assertThat(last.statusCode()).isEqualTo(201);
    for (int key = 0; key < 20 && last.statusCode() != 429; key++) {
      last = send(posting("carol", transfer(1)));
    }
    assertProblem(last, 429, "quota-exceeded");
    assertThat(header(last, "RateLimit-Policy")).isEqualTo("\"keys\";q=4;w=4");
    assertThat(header(last, "Retry-After")).isEqualTo("1");
    // Others have theirs.
    assertThat(send(posting("operator", transfer(1))).statusCode()).isEqualTo(201);
  }
}
