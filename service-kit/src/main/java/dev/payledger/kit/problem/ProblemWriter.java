package dev.payledger.kit.problem;

import dev.payledger.kit.trace.Traceparent;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// Writes every problem of every service: those of filters, of controllers and of the container.
public final class ProblemWriter {
  /// Its own, so that no setting of a service changes the form of its errors.
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private ProblemWriter() {}

  /// Replaces what the response has in its buffer. Does nothing when a part of it is sent already.
  public static void write(
      HttpServletRequest request, HttpServletResponse response, Problem problem)
      throws IOException {
    write(request, response, problem, problem.code().status());
  }

  /// @param status the code's own, or what the container decided on for HTTP that it does not support
  static void write(
      HttpServletRequest request, HttpServletResponse response, Problem problem, int status)
      throws IOException {
    if (response.isCommitted()) {
      return;
    }
    response.resetBuffer();
    byte[] body = JSON.writeValueAsBytes(problem.body(Traceparent.of(request).traceId(), status));
    response.setStatus(status);
    Duration retryAfter = retryAfter(problem, status);
    if (retryAfter != null) {
      // Never 0, which invites the caller to come back immediately.
      long seconds = Math.max(1, retryAfter.plusNanos(999_999_999).toSeconds());
      response.setHeader("Retry-After", Long.toString(seconds));
    }
    // Here too, for what is refused in front of the filter that sets them.
    response.setHeader("Cache-Control", "no-store");
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setContentType("application/problem+json");
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
  }

  private static @Nullable Duration retryAfter(Problem problem, int status) {
    if (problem.retryAfter() != null) {
      return problem.retryAfter();
    }
    return status == 429 || status == 503 ? RETRY_AFTER : null;
  }
}
