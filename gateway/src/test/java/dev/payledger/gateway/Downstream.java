package dev.payledger.gateway;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.function.Function;

/// A real HTTP server that plays a service behind the gateway and records what reaches it.
public final class Downstream implements AutoCloseable {
  /// What arrived. `commandId` is empty when the header was absent.
  public record Arrived(
      String method,
      String target,
      String commandId,
      String authorization,
      String traceparent,
      String timeoutMs,
      List<String> headerNames,
      String body) {}

  public record Reply(
      int status,
      String contentType,
      String location,
      String retryAfter,
      String link,
      String body) {
    public static Reply json(int status, String body) {
      return new Reply(status, "application/json", null, null, null, body);
    }

    public static Reply problem(int status, String code) {
      return new Reply(
          status,
          "application/problem+json",
          null,
          null,
          null,
          "{\"code\":\"%s\",\"status\":%d}".formatted(code, status));
    }

    public Reply at(String location) {
      return new Reply(status, contentType, location, retryAfter, link, body);
    }

    public Reply comeBackIn(String seconds) {
      return new Reply(status, contentType, location, seconds, link, body);
    }

    public Reply linkedTo(String next) {
      return new Reply(status, contentType, location, retryAfter, next, body);
    }
  }

  private final int port;
  private HttpServer server;
  private final List<Arrived> arrived = new CopyOnWriteArrayList<>();
  private volatile Function<Arrived, Reply> behaviour = request -> Reply.json(200, "{}");

  public Downstream(int port) {
    this.port = port;
    up();
  }

  public void up() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::handle);
    server.start();
  }

  public void down() {
    server.stop(0);
  }

  public String url() {
    return "http://127.0.0.1:" + port;
  }

  public void answers(Function<Arrived, Reply> behaviour) {
    arrived.clear();
    this.behaviour = behaviour;
  }

  public List<Arrived> arrived() {
    return List.copyOf(arrived);
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Arrived request =
          new Arrived(
              exchange.getRequestMethod(),
              exchange.getRequestURI().toString(),
              header(exchange, "Command-Id"),
              header(exchange, "Authorization"),
              header(exchange, "traceparent"),
              header(exchange, "Request-Timeout-Ms"),
              List.copyOf(exchange.getRequestHeaders().keySet()),
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
      arrived.add(request);
      Reply reply = behaviour.apply(request);
      exchange.getResponseHeaders().set("Content-Type", reply.contentType());
      exchange.getResponseHeaders().set("X-Internal", "not for callers");
      if (reply.location() != null) {
        exchange.getResponseHeaders().set("Location", reply.location());
      }
      if (reply.retryAfter() != null) {
        exchange.getResponseHeaders().set("Retry-After", reply.retryAfter());
      }
      if (reply.link() != null) {
        exchange.getResponseHeaders().set("Link", reply.link());
      }
      byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(reply.status(), body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private static String header(HttpExchange exchange, String name) {
    String value = exchange.getRequestHeaders().getFirst(name);
    return value == null ? "" : value;
  }

  @Override
  public void close() {
    down();
  }
}
