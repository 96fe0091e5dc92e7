package dev.payledger.gateway.limits;

import dev.payledger.gateway.problem.Problems;
import dev.payledger.gateway.routes.Route;
import dev.payledger.gateway.routes.RouteClass;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.security.Principal;
import org.springframework.web.filter.OncePerRequestFilter;

/// Limits each authenticated caller per class of route. More keys, connections or addresses buy no
/// more.
public final class CallerLimitFilter extends OncePerRequestFilter {
  private final RateLimits limits;
  private final Problems problems;

  public CallerLimitFilter(RateLimits limits, Problems problems) {
    this.limits = limits;
    this.problems = problems;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    RouteClass routeClass = Route.of(request).routeClass();
    Principal caller = request.getUserPrincipal();
    if (caller == null || routeClass == RouteClass.OPEN) {
      chain.doFilter(request, response);
      return;
    }
    Decision decision = limits.take(routeClass, caller.getName());
    decision.writeHeaders(response);
    if (decision.isAllowed()) {
      chain.doFilter(request, response);
    } else {
      problems.write(request, response, decision.problem());
    }
  }
}
