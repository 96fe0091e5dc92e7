package dev.payledger.gateway.routes;

import dev.payledger.gateway.limits.RateLimitResult;
import dev.payledger.gateway.limits.RateLimits;
import dev.payledger.gateway.limits.RouteClass;
import dev.payledger.kit.problem.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.web.filter.OncePerRequestFilter;

/// Limits what anybody may read, per address and each by itself: readers of the API's description
/// never keep a resource server from its keys. Requests for tokens are limited by whom they claim to
/// come from, where the issuer is: `TokenRequestFilter`.
public final class AnonymousRateLimitFilter extends OncePerRequestFilter {
  private final RateLimits limits;

  public AnonymousRateLimitFilter(RateLimits limits) {
    this.limits = limits;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    Route route = Route.of(request);
    if (route.scope() != null || route.routeClass() == RouteClass.TOKENS) {
      chain.doFilter(request, response);
      return;
    }
    // The peer's address: a forwarded one would be the caller's own invention.
    RateLimitResult result = limits.takeByAddress(route.routeClass(), request.getRemoteAddr());
    result.writeHeaders(response);
    if (result instanceof RateLimitResult.Allowed) {
      chain.doFilter(request, response);
    } else {
      ProblemWriter.write(request, response, result.problem());
    }
  }
}
