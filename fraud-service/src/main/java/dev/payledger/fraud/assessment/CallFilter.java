package dev.payledger.fraud.assessment;

import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/// Counts the calls that reach the assessments when they come in, whatever becomes of them: the other
/// side of the ledger's retry budget.
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 1)
final class CallFilter extends OncePerRequestFilter {
  private final MeterRegistry meters;

  CallFilter(MeterRegistry meters) {
    this.meters = meters;
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return !request.getRequestURI().startsWith("/assessments/");
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    String operation =
        switch (request.getMethod()) {
          case "PUT" -> "assess";
          case "DELETE" -> "release";
          default -> "other";
        };
    meters.counter("fraud.call", "operation", operation).increment();
    chain.doFilter(request, response);
  }
}
