package dev.payledger.ledger.request;

import java.net.URI;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;

/// A request ended in a problem that the caller is told about. Thrown inside a transaction it rolls
/// it back.
public final class Problem extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient ProblemDetail body;

  public Problem(ProblemCode code, String detail) {
    this(code.status(), code.code(), code.retryable(), detail, Map.of());
  }

  public Problem(
      HttpStatus status,
      String code,
      boolean retryable,
      String detail,
      Map<String, Object> properties) {
    super(code, null, false, false);
    this.body = body(status, code, retryable, detail);
    properties.forEach(body::setProperty);
  }

  /// One body for an object that does not exist and for one that is somebody else's.
  public static Problem notFound() {
    return new Problem(ProblemCode.NOT_FOUND, "There is no such resource, or it is not yours.");
  }

  public ProblemDetail body() {
    return body;
  }

  static ProblemDetail body(HttpStatus status, String code, boolean retryable, String detail) {
    ProblemDetail body = ProblemDetail.forStatusAndDetail(status, detail);
    body.setType(URI.create("https://payledger.dev/problems/" + code));
    String words = code.replace('-', ' ');
    body.setTitle(Character.toUpperCase(words.charAt(0)) + words.substring(1));
    body.setProperty("code", code);
    body.setProperty("retryable", retryable);
    return body;
  }
}
