package dev.payledger.fraud.web;

import dev.payledger.kit.problem.CommonErrorCode;
import dev.payledger.kit.problem.ProblemException;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.util.ContentCachingRequestWrapper;

/// Stops reading a body past its bound, whatever its length header says or leaves out.
@Component
final class BodyLimitFilter extends OncePerRequestFilter {
  private final int bodyBytesMax;

  BodyLimitFilter(WebProperties properties) {
    this.bodyBytesMax = properties.bodyBytesMax();
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    chain.doFilter(
        new ContentCachingRequestWrapper(request, bodyBytesMax) {
          @Override
          protected void handleContentOverflow(int limit) {
            throw new ProblemException(
                CommonErrorCode.PAYLOAD_TOO_LARGE, "A body has at most " + limit + " bytes.");
          }
        },
        response);
  }
}
