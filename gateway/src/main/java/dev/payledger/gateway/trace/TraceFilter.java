package dev.payledger.gateway.trace;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import org.springframework.web.filter.OncePerRequestFilter;

/// Continues the caller's trace, or starts one; every log line and problem of the request has its id.
public final class TraceFilter extends OncePerRequestFilter {

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    List<String> headers = Collections.list(request.getHeaders("traceparent"));
    Traceparent hop =
        Traceparent.parse(headers.size() == 1 ? headers.getFirst() : null)
            .map(Traceparent::next)
            .orElseGet(Traceparent::start);
    hop.putInto(request);
    try (var _ = hop.inLog()) {
      chain.doFilter(request, response);
    }
  }
}
