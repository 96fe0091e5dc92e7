package dev.payledger.gateway.routes;

import dev.payledger.gateway.limits.Decision;
import dev.payledger.gateway.limits.RateLimits;
import dev.payledger.gateway.limits.RouteClass;
import dev.payledger.gateway.problem.Problems;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import org.springframework.web.filter.OncePerRequestFilter;

/// Limits what is served without a token: per address, and per client id and address. It stands in
/// front of the authentication, which is what it protects: a secret takes long to check, and guesses
/// must be few.
public final class OpenLimitFilter extends OncePerRequestFilter {
  private static final int CLIENT_ID_CHARACTERS_MAX = 100;
  private final RateLimits limits;
  private final Problems problems;

  public OpenLimitFilter(RateLimits limits, Problems problems) {
    this.limits = limits;
    this.problems = problems;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    if (Route.of(request).routeClass() != RouteClass.OPEN) {
      chain.doFilter(request, response);
      return;
    }
    // The peer's address: a forwarded one would be the caller's own invention.
    String address = request.getRemoteAddr();
    Decision decision = limits.takeByAddress(address);
    if (decision instanceof Decision.Allowed) {
      decision = limits.takeByClient(clientId(request.getHeader("Authorization")), address);
    }
    decision.writeHeaders(response);
    if (decision instanceof Decision.Allowed) {
      chain.doFilter(request, response);
    } else {
      problems.write(request, response, decision.problem());
    }
  }

  /// The id that the caller claims by HTTP Basic, unchecked; empty when there is none to read.
  static String clientId(@Nullable String authorization) {
    if (authorization == null || !authorization.regionMatches(true, 0, "Basic ", 0, 6)) {
      return "";
    }
    try {
      String credentials =
          new String(
              Base64.getDecoder().decode(authorization.substring(6).strip()),
              StandardCharsets.UTF_8);
      String id = credentials.substring(0, Math.max(0, credentials.indexOf(':')));
      return id.substring(0, Math.min(id.length(), CLIENT_ID_CHARACTERS_MAX));
    } catch (IllegalArgumentException e) {
      return "";
    }
  }
}
