package dev.payledger.gateway.deadline;

import dev.payledger.kit.deadline.Deadline;
import dev.payledger.kit.deadline.RequestTimeout;
import dev.payledger.kit.problem.CommonErrorCode;
import dev.payledger.kit.problem.Problem;
import dev.payledger.kit.problem.ProblemException;
import dev.payledger.kit.problem.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import org.springframework.web.filter.OncePerRequestFilter;

/// Gives every request its deadline: what `Request-Timeout-Ms` names, capped. A caller has to name a
/// positive time; only a service behind the gateway can find that the time is over.
public final class DeadlineFilter extends OncePerRequestFilter {
  private final DeadlineProperties properties;

  public DeadlineFilter(DeadlineProperties properties) {
    this.properties = properties;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    Duration time;
    try {
      time = RequestTimeout.of(request).orElse(properties.unnamed());
    } catch (ProblemException e) {
      ProblemWriter.write(request, response, e.problem());
      return;
    }
    if (!time.isPositive()) {
      ProblemWriter.write(
          request,
          response,
          Problem.of(
              CommonErrorCode.INVALID_REQUEST, RequestTimeout.HEADER + " must be positive."));
      return;
    }
    Deadline.after(time.compareTo(properties.max()) > 0 ? properties.max() : time).putInto(request);
    chain.doFilter(request, response);
  }
}
