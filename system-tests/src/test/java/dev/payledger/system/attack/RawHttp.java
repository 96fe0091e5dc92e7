package dev.payledger.system.attack;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// HTTP/1.1 as bytes: sends what no client library would, and reads all that comes back until the
/// server closes.
final class RawHttp {
  private static final int ANSWER_TIMEOUT_MS = 15_000;
  private static final byte[] END_OF_HEAD = ascii("\r\n\r\n");

  /// @param answers how many there were; a second one is a request that was smuggled in
  /// @param headers by lower-case name, the last of a name
  record Reply(int status, Map<String, String> headers, String body, int answers) {
    String header(String name) {
      return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
    }
  }

  private RawHttp() {}

  static Reply send(URI server, byte[] request) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(server.getHost(), server.getPort()), 2_000);
      socket.setSoTimeout(ANSWER_TIMEOUT_MS);
      try {
        OutputStream out = socket.getOutputStream();
        out.write(request);
        out.flush();
      } catch (IOException e) {
        // It had enough of the request before the end, and has answered: what it said is still to
        // be read.
      }
      return reply(everything(socket));
    }
  }

  private static byte[] everything(Socket socket) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] buffer = new byte[8_192];
    try {
      int read;
      while ((read = socket.getInputStream().read(buffer)) >= 0) {
        all.write(buffer, 0, read);
      }
    } catch (SocketTimeoutException e) {
      if (all.size() == 0) {
        throw e;
      }
    } catch (IOException e) {
      // A reset after the answer.
      if (all.size() == 0) {
        throw e;
      }
    }
    return all.toByteArray();
  }

  private static Reply reply(byte[] bytes) throws IOException {
    int headEnd = indexOf(bytes, END_OF_HEAD, 0);
    if (headEnd < 0) {
      throw new IOException("no answer: " + new String(bytes, StandardCharsets.ISO_8859_1));
    }
    String[] lines = new String(bytes, 0, headEnd, StandardCharsets.ISO_8859_1).split("\r\n");
    Map<String, String> headers = new TreeMap<>();
    for (String line : Arrays.asList(lines).subList(1, lines.length)) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    byte[] rest = Arrays.copyOfRange(bytes, headEnd + END_OF_HEAD.length, bytes.length);
    byte[] body =
        headers.getOrDefault("transfer-encoding", "").equals("chunked") ? unchunked(rest) : rest;
    return new Reply(
        Integer.parseInt(lines[0].split(" ")[1]),
        headers,
        new String(body, StandardCharsets.UTF_8),
        count(bytes, ascii("HTTP/1.1 ")));
  }

  private static byte[] unchunked(byte[] chunks) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    int at = 0;
    while (true) {
      int lineEnd = indexOf(chunks, ascii("\r\n"), at);
      if (lineEnd < 0) {
        return body.toByteArray();
      }
      int size =
          Integer.parseInt(
              new String(chunks, at, lineEnd - at, StandardCharsets.ISO_8859_1).strip(), 16);
      if (size == 0) {
        return body.toByteArray();
      }
      body.write(chunks, lineEnd + 2, Math.min(size, chunks.length - lineEnd - 2));
      at = lineEnd + 2 + size + 2;
    }
  }

  private static int count(byte[] bytes, byte[] what) {
    int count = 0;
    for (int at = indexOf(bytes, what, 0); at >= 0; at = indexOf(bytes, what, at + 1)) {
      count++;
    }
    return count;
  }

  private static int indexOf(byte[] bytes, byte[] what, int from) {
    for (int at = from; at <= bytes.length - what.length; at++) {
      if (Arrays.equals(bytes, at, at + what.length, what, 0, what.length)) {
        return at;
      }
    }
    return -1;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
