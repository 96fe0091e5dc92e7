package dev.payledger.ledger.request;

import dev.payledger.ledger.journal.RejectionReason;
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
    this(code, detail, Map.of());
  }

  public Problem(ProblemCode code, String detail, Map<String, Object> properties) {
    this(code.code(), body(code, detail), properties);
  }

  /// A rejection of a transfer, or of what is asked about one.
  ///
  /// @param then what the caller should know of this answer
  public Problem(RejectionReason reason, String then, Map<String, Object> properties) {
    this(
        reason.code(),
        body(
            HttpStatus.UNPROCESSABLE_CONTENT.value(),
            reason.code(),
            false,
            reason.title(),
            reason.sentence() + " " + then),
        properties);
  }

  private Problem(String code, ProblemDetail body, Map<String, Object> properties) {
    super(code, null, false, false);
    this.body = body;
    properties.forEach(body::setProperty);
  }

  /// One body for an object that does not exist and for one that is somebody else's.
  public static Problem notFound() {
    return new Problem(ProblemCode.NOT_FOUND, "There is no such resource, or it is not yours.");
  }

  public ProblemDetail body() {
    return body;
  }

  static ProblemDetail body(ProblemCode code, String detail) {
    return body(code.status(), code.code(), code.isRetryable(), code.title(), detail);
  }

  private static ProblemDetail body(
      int status, String code, boolean isRetryable, String title, String detail) {
    ProblemDetail body = ProblemDetail.forStatus(status);
    body.setDetail(detail);
    body.setType(URI.create("https://payledger.dev/problems/" + code));
    body.setTitle(title);
    body.setProperty("code", code);
    body.setProperty("retryable", isRetryable);
    return body;
  }
}
