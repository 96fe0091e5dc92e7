package dev.payledger.notify.web;

import java.net.URI;
import java.util.Objects;
import org.slf4j.MDC;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/// RFC 9457 problems with the members that all Payledger services share: `code`, `retryable` and
/// `traceId`.
public final class Problems {
  private Problems() {}

  public static ProblemDetail problem(
      HttpStatus status, String code, String title, String detail, boolean retryable) {
    ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, detail);
    problem.setType(URI.create("https://payledger.dev/problems/" + code));
    problem.setTitle(title);
    problem.setProperty("code", code);
    problem.setProperty("retryable", retryable);
    problem.setProperty("traceId", Objects.requireNonNullElse(MDC.get(TraceId.KEY), ""));
    return problem;
  }

  public static ErrorResponseException invalidRequest(String detail) {
    return thrown(
        problem(HttpStatus.BAD_REQUEST, "invalid-request", "Invalid request", detail, false));
  }

  static ErrorResponseException thrown(ProblemDetail problem) {
    return new ErrorResponseException(HttpStatus.valueOf(problem.getStatus()), problem, null);
  }
}
