package dev.payledger.relay.web;

import java.net.URI;
import java.util.Objects;
import org.slf4j.MDC;
import org.springframework.http.ProblemDetail;

/// RFC 9457 problems with the members that all Payledger services share: `code`, `retryable` and
/// `traceId`.
final class Problems {
  private Problems() {}

  static ProblemDetail problem(ProblemCode code, String detail) {
    ProblemDetail problem = ProblemDetail.forStatus(code.status());
    problem.setDetail(detail);
    problem.setType(URI.create("https://payledger.dev/problems/" + code.code()));
    problem.setTitle(code.title());
    problem.setProperty("code", code.code());
    problem.setProperty("retryable", code.isRetryable());
    problem.setProperty("traceId", Objects.requireNonNullElse(MDC.get(TraceId.KEY), ""));
    return problem;
  }
}
