package dev.payledger.system.load;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Deque;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedDeque;

/// HTTP/1.1 on plain sockets that are kept open, and as little of it as our services answer with:
/// the callers share the machine with what they load, and a whole client costs more than what it
/// asks.
///
/// Thread-safe; as many connections as there are calls at once.
final class WireClient implements AutoCloseable {
  /// Well before a server hangs up.
  private static final Duration IDLE_MAX = Duration.ofSeconds(3);

  private final URI server;
  private final Duration answerBound;
  private final Deque<Wire> idle = new ConcurrentLinkedDeque<>();

  WireClient(URI server, Duration answerBound) {
    this.server = server;
    this.answerBound = answerBound;
  }

  /// @param headers by lower-case name
  record Reply(int status, Map<String, String> headers, String body) {
    String header(String name) {
      return headers.getOrDefault(name, "");
    }
  }

  /// A request's bytes, made once for any number of calls. Headers are given as `Name: value`.
  static byte[] get(String path, String token, String... headers) {
    return request("GET", path, token, "", headers);
  }

  static byte[] post(String path, String token, String json, String... headers) {
    return request("POST", path, token, json, headers);
  }

  private static byte[] request(
      String method, String path, String token, String json, String... headers) {
    StringBuilder head =
        new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: payledger.test\r\n")
            .append("Authorization: Bearer ")
            .append(token)
            .append("\r\n");
    if (!json.isEmpty()) {
      head.append("Content-Type: application/json\r\nContent-Length: ")
          .append(json.getBytes(StandardCharsets.UTF_8).length)
          .append("\r\n");
    }
    for (String header : headers) {
      head.append(header).append("\r\n");
    }
    return head.append("\r\n").append(json).toString().getBytes(StandardCharsets.UTF_8);
  }

  /// One call, once; throws when there is no answer, and then nobody knows what happened.
  Reply send(byte[] request) throws IOException {
    Wire wire = wire();
    try {
      Reply reply = wire.exchange(request);
      if (reply.header("connection").equalsIgnoreCase("close")) {
        wire.close();
      } else {
        wire.idleSince = System.nanoTime();
        idle.addFirst(wire);
      }
      return reply;
    } catch (IOException e) {
      wire.close();
      throw e;
    }
  }

  /// One that was used a moment ago, or a new one.
  private Wire wire() throws IOException {
    for (Wire wire = idle.pollFirst(); wire != null; wire = idle.pollFirst()) {
      if (System.nanoTime() - wire.idleSince < IDLE_MAX.toNanos()) {
        return wire;
      }
      wire.close();
    }
    return new Wire();
  }

  @Override
  public void close() throws IOException {
    for (Wire wire = idle.pollFirst(); wire != null; wire = idle.pollFirst()) {
      wire.close();
    }
  }

  private final class Wire {
    private final Socket socket = new Socket();
    private final byte[] buffer = new byte[8_192];
    private int at;
    private int end;
    private long idleSince;

    Wire() throws IOException {
      try {
        socket.setTcpNoDelay(true);
        socket.setSoTimeout((int) answerBound.toMillis());
        socket.connect(new InetSocketAddress(server.getHost(), server.getPort()), 2_000);
      } catch (IOException e) {
        socket.close();
        throw e;
      }
    }

    Reply exchange(byte[] request) throws IOException {
      socket.getOutputStream().write(request);
      String start = line();
      if (!start.startsWith("HTTP/1.1 ")) {
        throw new IOException("no HTTP: " + start);
      }
      Map<String, String> headers = new HashMap<>();
      for (String line = line(); !line.isEmpty(); line = line()) {
        int colon = line.indexOf(':');
        headers.put(
            line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
      }
      ByteArrayOutputStream body = new ByteArrayOutputStream(1_024);
      if (headers.getOrDefault("transfer-encoding", "").equals("chunked")) {
        for (int size = chunkSize(); size > 0; size = chunkSize()) {
          read(size, body);
          line();
        }
        line();
      } else {
        read(Integer.parseInt(headers.getOrDefault("content-length", "0")), body);
      }
      return new Reply(
          Integer.parseInt(start.substring(9, 12)), headers, body.toString(StandardCharsets.UTF_8));
    }

    private int chunkSize() throws IOException {
      return Integer.parseInt(line(), 16);
    }

    private String line() throws IOException {
      StringBuilder line = new StringBuilder(64);
      for (int next = next(); next != '\n'; next = next()) {
        if (next != '\r') {
          line.append((char) next);
        }
      }
      return line.toString();
    }

    private void read(int count, ByteArrayOutputStream into) throws IOException {
      int left = count;
      while (left > 0) {
        if (at == end) {
          fill();
        }
        int part = Math.min(left, end - at);
        into.write(buffer, at, part);
        at += part;
        left -= part;
      }
    }

    private int next() throws IOException {
      if (at == end) {
        fill();
      }
      return buffer[at++] & 0xff;
    }

    private void fill() throws IOException {
      InputStream in = socket.getInputStream();
      end = in.read(buffer);
      at = 0;
      if (end < 0) {
        end = 0;
        throw new EOFException("the server hung up");
      }
    }

    void close() throws IOException {
      socket.close();
    }
  }
}
