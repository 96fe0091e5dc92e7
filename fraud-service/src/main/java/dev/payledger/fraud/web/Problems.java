package dev.payledger.fraud.web;

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

  public static ProblemDetail problem(ProblemCode code, String detail) {
    ProblemDetail problem = ProblemDetail.forStatus(code.status());
    problem.setDetail(detail);
    problem.setType(URI.create("https://payledger.dev/problems/" + code.code()));
    problem.setTitle(code.title());
    problem.setProperty("code", code.code());
    problem.setProperty("retryable", code.isRetryable());
    problem.setProperty("traceId", Objects.requireNonNullElse(MDC.get(TraceFilter.TRACE_ID), ""));
    return problem;
  }

  public static ErrorResponseException invalidRequest(String detail) {
    return thrown(problem(ProblemCode.INVALID_REQUEST, detail));
  }

  /// The caller's time is over; nothing was started.
  public static ErrorResponseException tooLate() {
    return thrown(
        problem(
            ProblemCode.UNAVAILABLE,
            "The request's time was over before the work began, so nothing was done. Repeat it with"
                + " more time."));
  }

  static ErrorResponseException thrown(ProblemDetail problem) {
    return new ErrorResponseException(HttpStatus.valueOf(problem.getStatus()), problem, null);
  }
}
