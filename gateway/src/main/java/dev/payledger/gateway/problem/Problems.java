package dev.payledger.gateway.problem;

import dev.payledger.gateway.trace.Traceparent;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/// Writes problems as RFC 9457 documents.
@Component
public class Problems {
  static final String TYPES = "https://payledger.dev/problems/";
  private final JsonMapper json = JsonMapper.builder().build();

  public void write(HttpServletRequest request, HttpServletResponse response, Problem problem)
      throws IOException {
    write(request, response, problem, problem.code().status());
  }

  /// @param status the code's own but for HTTP that is not spoken here, which has two of HTTP's (501, 505)
  void write(HttpServletRequest request, HttpServletResponse response, Problem problem, int status)
      throws IOException {
    ProblemCode code = problem.code();
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("type", TYPES + code.code());
    members.put("title", code.title());
    members.put("status", status);
    members.put("detail", problem.detail());
    members.put("code", code.code());
    members.put("retryable", code.isRetryable());
    members.put("traceId", Traceparent.of(request).traceId());
    byte[] body = json.writeValueAsBytes(members);
    response.setStatus(status);
    Duration retryAfter = problem.retryAfter();
    if (retryAfter != null) {
      // Never 0, which would invite the caller to come back at once.
      long seconds = Math.max(1, retryAfter.plusNanos(999_999_999).toSeconds());
      response.setHeader("Retry-After", Long.toString(seconds));
    }
    // Here too, for what the container answers in front of every filter.
    response.setHeader("Cache-Control", "no-store");
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setContentType("application/problem+json");
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
  }
}
