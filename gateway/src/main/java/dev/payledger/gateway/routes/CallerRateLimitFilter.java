package dev.payledger.gateway.routes;

import dev.payledger.gateway.limits.RateLimitResult;
import dev.payledger.gateway.limits.RateLimits;
import dev.payledger.kit.problem.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.security.Principal;
import org.springframework.web.filter.OncePerRequestFilter;

/// Limits each authenticated caller per class of route. More keys, tokens, connections or addresses
/// buy no more. What a body asks for is charged where it is read: `RouteController`.
public final class CallerRateLimitFilter extends OncePerRequestFilter {
  private final RateLimits limits;

  public CallerRateLimitFilter(RateLimits limits) {
    this.limits = limits;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    Route route = Route.of(request);
    Principal caller = request.getUserPrincipal();
    if (caller == null || route.scope() == null) {
      chain.doFilter(request, response);
      return;
    }
    RateLimitResult result =
        limits.take(route.routeClass(), caller.getName(), route.queryCost().of(request));
    result.writeHeaders(response);
    if (result instanceof RateLimitResult.Allowed) {
      chain.doFilter(request, response);
    } else {
      ProblemWriter.write(request, response, result.problem());
    }
  }
}
