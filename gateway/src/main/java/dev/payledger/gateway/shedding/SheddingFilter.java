package dev.payledger.gateway.shedding;

import dev.payledger.gateway.forward.Permit;
import dev.payledger.gateway.forward.Upstream;
import dev.payledger.gateway.problem.Problem;
import dev.payledger.gateway.problem.ProblemCode;
import dev.payledger.gateway.problem.Problems;
import dev.payledger.gateway.routes.Route;
import dev.payledger.gateway.timeleft.TimeLeft;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.springframework.web.filter.OncePerRequestFilter;

/// Turns requests away that the service behind could not answer in time anyway, before they cost
/// a token, a key or a call.
public final class SheddingFilter extends OncePerRequestFilter {
  private final Shedding shedding;
  private final Problems problems;

  public SheddingFilter(Shedding shedding, Problems problems) {
    this.shedding = shedding;
    this.problems = problems;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    Optional<Route> route = Route.find(request);
    Optional<Upstream> upstream = route.flatMap(Route::upstream);
    if (upstream.isEmpty()) {
      chain.doFilter(request, response);
      return;
    }
    Optional<Permit> permit = permit(request, route.get(), upstream.get());
    if (permit.isEmpty()) {
      problems.write(request, response, turnedAway());
      shedding.turnedAway(TimeLeft.of(request).spent());
      return;
    }
    permit.get().putInto(request);
    try {
      chain.doFilter(request, response);
    } finally {
      permit.get().giveBack();
    }
  }

  private Optional<Permit> permit(HttpServletRequest request, Route route, Upstream upstream) {
    try {
      return shedding.admit(
          upstream,
          Priority.of(request, route),
          Priority.asksToWait(request) ? null : route.method() + " " + route.path(),
          TimeLeft.of(request).remaining());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /// Those who were turned away together should not come back together.
  private static Problem turnedAway() {
    return Problem.retryAfter(
        ProblemCode.TEMPORARY_REDUCED_CAPACITY,
        "There is more to do now than can be done. Nothing was done for this request: send it again"
            + " later, with the same key if it has one.",
        Duration.ofSeconds(ThreadLocalRandom.current().nextInt(1, 4)));
  }
}
