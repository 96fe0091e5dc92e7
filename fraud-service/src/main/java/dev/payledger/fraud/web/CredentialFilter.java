package dev.payledger.fraud.web;

import dev.payledger.kit.problem.CommonErrorCode;
import dev.payledger.kit.problem.Problem;
import dev.payledger.kit.problem.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.List;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/// Lets in who has the credential that fraud-service shares with the ledger and its operators: being
/// able to reach the port is no right to ask, release or decide.
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 2)
final class CredentialFilter extends OncePerRequestFilter {
  private final byte[] expected;

  CredentialFilter(WebProperties properties) {
    this.expected = bytes("Bearer " + properties.credential());
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    List<String> given = Collections.list(request.getHeaders("Authorization"));
    // In constant time, so that nobody learns it letter by letter.
    if (given.size() == 1 && MessageDigest.isEqual(expected, bytes(given.getFirst()))) {
      chain.doFilter(request, response);
      return;
    }
    response.setHeader("WWW-Authenticate", "Bearer realm=\"fraud-service\"");
    ProblemWriter.write(
        request,
        response,
        Problem.of(
            CommonErrorCode.UNAUTHENTICATED,
            "Send the service credential as Authorization: Bearer."));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
