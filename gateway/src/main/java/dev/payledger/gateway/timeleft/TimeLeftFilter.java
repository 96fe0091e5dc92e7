package dev.payledger.gateway.timeleft;

import dev.payledger.gateway.problem.Problem;
import dev.payledger.gateway.problem.ProblemCode;
import dev.payledger.gateway.problem.Problems;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.springframework.web.filter.OncePerRequestFilter;

/// Starts the request's clock: what `Request-Timeout-Ms` asks for, capped.
public final class TimeLeftFilter extends OncePerRequestFilter {
  public static final String HEADER = "Request-Timeout-Ms";
  private final TimeLeftProperties properties;
  private final Problems problems;

  public TimeLeftFilter(TimeLeftProperties properties, Problems problems) {
    this.properties = properties;
    this.problems = problems;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    List<String> asked = Collections.list(request.getHeaders(HEADER));
    if (asked.size() > 1 || (asked.size() == 1 && !asked.getFirst().matches("[1-9][0-9]{0,8}"))) {
      problems.write(
          request,
          response,
          Problem.of(
              ProblemCode.INVALID_REQUEST,
              HEADER + " must be one positive number of milliseconds."));
      return;
    }
    Duration time =
        asked.isEmpty()
            ? properties.unasked()
            : Duration.ofMillis(Long.parseLong(asked.getFirst()));
    TimeLeft.of(time.compareTo(properties.max()) > 0 ? properties.max() : time).putInto(request);
    chain.doFilter(request, response);
  }
}
