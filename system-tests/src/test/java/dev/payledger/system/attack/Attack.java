package dev.payledger.system.attack;

import dev.payledger.system.Stack;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One request that should not get what it wants, and the one answer that it must get.
///
/// @param name the number on the checklist of docs/attacks.md, then what is tried
/// @param code of the problem; null when the answer is none of ours: OAuth's form, or a success
record Attack(String name, byte[] request, int status, @Nullable String code) {
  private static final int SHOWN_MAX = 400;

  @Override
  public String toString() {
    return name;
  }

  String expected() {
    return status + (code == null ? "" : " " + code);
  }

  /// The request, for people: without secrets, and on one line.
  String shown() {
    String text =
        new String(request, StandardCharsets.UTF_8)
            .replaceAll("(?i)(Authorization: \\w+ )[^\r]*", "$1…")
            .replaceAll("[\\r\\n]+", " ⏎ ")
            .replaceAll("\\p{Cntrl}", "?");
    return text.length() <= SHOWN_MAX ? text : text.substring(0, SHOWN_MAX) + "…";
  }

  static Request get(String path) {
    return new Request("GET", path);
  }

  static Request post(String path) {
    return new Request("POST", path);
  }

  static Request request(String method, String path) {
    return new Request(method, path);
  }

  /// Bytes as they are.
  static Attack raw(String name, String request, int status, @Nullable String code) {
    return new Attack(name, request.getBytes(StandardCharsets.ISO_8859_1), status, code);
  }

  /// A well-formed request that is then made worse.
  static final class Request {
    private final String line;
    private final List<String> headers = new ArrayList<>();
    private byte[] body = {};
    private boolean hasLength = true;

    private Request(String method, String path) {
      this.line = method + " " + path + " HTTP/1.1";
      headers.add("Host: gateway");
      headers.add("Connection: close");
    }

    Request as(String token) {
      return header("Authorization: Bearer " + token);
    }

    Request key() {
      return header("Idempotency-Key: " + Stack.key());
    }

    Request header(String header) {
      headers.add(header);
      return this;
    }

    Request json(String body) {
      return header("Content-Type: application/json").body(body.getBytes(StandardCharsets.UTF_8));
    }

    Request body(byte[] body) {
      this.body = body;
      return this;
    }

    /// In one chunk, without Content-Length.
    Request chunked() {
      hasLength = false;
      return header("Transfer-Encoding: chunked");
    }

    Attack mustGet(String name, int status, @Nullable String code) {
      return new Attack(name, bytes(), status, code);
    }

    private byte[] bytes() {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      StringBuilder head = new StringBuilder(line).append("\r\n");
      headers.forEach(header -> head.append(header).append("\r\n"));
      if (hasLength && body.length > 0) {
        head.append("Content-Length: ").append(body.length).append("\r\n");
      }
      head.append("\r\n");
      if (!hasLength) {
        head.append(Integer.toHexString(body.length)).append("\r\n");
      }
      bytes.writeBytes(head.toString().getBytes(StandardCharsets.ISO_8859_1));
      bytes.writeBytes(body);
      if (!hasLength) {
        bytes.writeBytes("\r\n0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
      }
      return bytes.toByteArray();
    }
  }
}
