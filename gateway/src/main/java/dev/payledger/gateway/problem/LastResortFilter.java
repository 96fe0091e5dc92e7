package dev.payledger.gateway.problem;

import dev.payledger.kit.problem.CommonErrorCode;
import dev.payledger.kit.problem.Problem;
import dev.payledger.kit.problem.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.web.filter.OncePerRequestFilter;

/// Sets the headers that every answer carries, and turns what nobody caught into a problem without
/// internals; the log has the stack trace under the same trace id.
public final class LastResortFilter extends OncePerRequestFilter {
  private static final Logger log = LoggerFactory.getLogger(LastResortFilter.class);

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    response.setHeader("Cache-Control", "no-store");
    response.setHeader("X-Content-Type-Options", "nosniff");
    try {
      chain.doFilter(request, response);
    } catch (AuthenticationServiceException e) {
      // One line: it comes once for each request while the issuer is away.
      log.warn("the keys of the issuer cannot be had: {}", e.toString());
      answer(
          request,
          response,
          Problem.retryAfter(
              CommonErrorCode.UNAVAILABLE,
              "The access token could not be checked, because the issuer's keys cannot be had. Try"
                  + " again later.",
              Duration.ofSeconds(2)));
    } catch (RuntimeException | ServletException | Error e) {
      log.error("request failed", e);
      answer(
          request,
          response,
          Problem.of(
              CommonErrorCode.INTERNAL_ERROR,
              "The gateway failed. Try again with the same idempotency key; quote the trace id when"
                  + " you report it."));
      if (e instanceof VirtualMachineError fatal) {
        throw fatal;
      }
    }
  }

  private void answer(HttpServletRequest request, HttpServletResponse response, Problem problem)
      throws IOException {
    if (!response.isCommitted()) {
      response.resetBuffer();
      ProblemWriter.write(request, response, problem);
    }
  }
}
