package dev.payledger.ledger;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;

/// A real HTTP server that answers as fraud-service would, or as it should not.
public final class FraudDouble {
  /// How it answers a PUT.
  public enum Mood {
    APPROVES,
    DECLINES,
    FAILS,
    HANGS,
    ANSWERS_GARBAGE,
    ANSWERS_ABOUT_ANOTHER_TRANSFER,
    ANSWERS_AT_LENGTH,
    REFUSES_RELEASES
  }

  private final HttpServer server;
  private volatile Mood mood = Mood.APPROVES;
  private volatile CountDownLatch gate = new CountDownLatch(0);
  private volatile Duration assessesIn = Duration.ZERO;
  private volatile Duration releasesIn = Duration.ZERO;
  private volatile String declined = "none";
  private final Map<UUID, String> assessed = new ConcurrentHashMap<>();
  private final Map<UUID, String> released = new ConcurrentHashMap<>();
  private final AtomicInteger calls = new AtomicInteger();
  private volatile long timeoutMs;
  private final Map<UUID, String> traceparents = new ConcurrentHashMap<>();

  public FraudDouble() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/assessments/", this::answer);
    server.start();
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  public void become(Mood mood) {
    this.mood = mood;
  }

  /// From now on an assessment and a release take so long.
  public void takes(Duration assessment, Duration release) {
    assessesIn = assessment;
    releasesIn = release;
  }

  /// From now on transfers from or to the account are declined, in whatever mood.
  public void declines(UUID account) {
    declined = account.toString();
  }

  /// From now on assessments wait for the returned gate.
  public CountDownLatch close() {
    gate = new CountDownLatch(1);
    return gate;
  }

  public boolean hasAssessed(UUID transfer) {
    return assessed.containsKey(transfer);
  }

  /// The sum of the legs that it was asked about.
  public long assessedMinor(UUID transfer) {
    return Pattern.compile("\"amountMinor\":([0-9]+)")
        .matcher(assessed.get(transfer))
        .results()
        .mapToLong(amount -> Long.parseLong(amount.group(1)))
        .sum();
  }

  public boolean hasReleased(UUID transfer) {
    return released.containsKey(transfer);
  }

  /// The query of the last release.
  public String releasedWith(UUID transfer) {
    return released.get(transfer);
  }

  public int calls() {
    return calls.get();
  }

  /// What the last caller said of how long it waits.
  public long timeoutMs() {
    return timeoutMs;
  }

  /// Of the last call about the transfer.
  public String traceparent(UUID transfer) {
    return traceparents.get(transfer);
  }

  private void answer(HttpExchange exchange) throws IOException {
    calls.incrementAndGet();
    timeoutMs = Long.parseLong(exchange.getRequestHeaders().getFirst("Request-Timeout-Ms"));
    String path = exchange.getRequestURI().getPath();
    UUID transfer = UUID.fromString(path.substring("/assessments/".length()));
    traceparents.put(
        transfer, String.valueOf(exchange.getRequestHeaders().getFirst("traceparent")));
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    if (!"Bearer fraud-credential-demo"
        .equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
      send(exchange, 401, "{}");
      return;
    }
    try {
      if (exchange.getRequestMethod().equals("DELETE")) {
        pass(releasesIn);
        if (mood == Mood.REFUSES_RELEASES || mood == Mood.FAILS) {
          send(exchange, 500, "{}");
        } else {
          released.put(
              transfer, Objects.requireNonNullElse(exchange.getRequestURI().getQuery(), ""));
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        }
        return;
      }
      assessed.put(transfer, body);
      gate.await(10, TimeUnit.SECONDS);
      pass(assessesIn);
      if (released.containsKey(transfer)) {
        send(exchange, 409, "{}");
        return;
      }
      if (body.contains(declined)) {
        send(exchange, 200, verdict(transfer, "DECLINED"));
        return;
      }
      switch (mood) {
        case APPROVES -> send(exchange, 200, verdict(transfer, "APPROVED"));
        case DECLINES, REFUSES_RELEASES -> send(exchange, 200, verdict(transfer, "DECLINED"));
        case FAILS -> send(exchange, 500, "{}");
        case ANSWERS_GARBAGE -> send(exchange, 200, "APPROVED <html>");
        case ANSWERS_ABOUT_ANOTHER_TRANSFER ->
            send(exchange, 200, verdict(UUID.randomUUID(), "APPROVED"));
        case ANSWERS_AT_LENGTH ->
            send(
                exchange,
                200,
                verdict(transfer, "APPROVED").replace("}", ",\"x\":\"" + "x".repeat(9000) + "\"}"));
        // Longer than anybody waits.
        case HANGS -> new CountDownLatch(1).await(10, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      exchange.close();
    }
  }

  private static void pass(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  private static String verdict(UUID transfer, String verdict) {
    return "{\"transferId\":\"%s\",\"verdict\":\"%s\",\"rules\":[]}".formatted(transfer, verdict);
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }
}
