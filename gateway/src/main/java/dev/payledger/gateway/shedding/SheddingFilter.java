package dev.payledger.gateway.shedding;

import dev.payledger.gateway.forward.ConcurrencyPermit;
import dev.payledger.gateway.forward.Upstream;
import dev.payledger.gateway.problem.GatewayErrorCode;
import dev.payledger.gateway.routes.Route;
import dev.payledger.gateway.routes.Waiting;
import dev.payledger.kit.deadline.Deadline;
import dev.payledger.kit.problem.CommonErrorCode;
import dev.payledger.kit.problem.Problem;
import dev.payledger.kit.problem.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.springframework.web.filter.OncePerRequestFilter;

/// Rejects requests that the service behind could not answer in time anyway, before they cost
/// a token, a key or a call.
public final class SheddingFilter extends OncePerRequestFilter {
  private final Shedding shedding;

  public SheddingFilter(Shedding shedding) {
    this.shedding = shedding;
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
    try {
      if (Waiting.isAskedFor(request)) {
        Optional<ConcurrencyPermit> wait = shedding.waiting(upstream.get(), caller(request));
        if (wait.isPresent()) {
          proceed(request, response, chain, wait.get());
          return;
        }
        Waiting.decline(request);
      }
      work(request, response, chain, route.get(), upstream.get());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      ProblemWriter.write(request, response, full());
    }
  }

  private void work(
      HttpServletRequest request,
      HttpServletResponse response,
      FilterChain chain,
      Route route,
      Upstream upstream)
      throws ServletException, IOException, InterruptedException {
    Priority priority = Priority.of(route);
    UpstreamPermit permit =
        shedding.permit(
            upstream,
            caller(request),
            route.weightMax(),
            priority,
            route.method() + " " + route.path());
    UpstreamPermit.Acquisition acquisition = permit.acquire(Deadline.of(request).remaining());
    shedding.count(upstream, priority, acquisition);
    switch (acquisition) {
      case ADMITTED -> proceed(request, response, chain, permit);
      case CALLER_LIMIT_REACHED -> ProblemWriter.write(request, response, tooManyOfTheCaller());
      case LIMIT_REACHED -> {
        ProblemWriter.write(request, response, full());
        shedding.rejected(Deadline.of(request).elapsed());
      }
    }
  }

  private static void proceed(
      HttpServletRequest request,
      HttpServletResponse response,
      FilterChain chain,
      ConcurrencyPermit permit)
      throws ServletException, IOException {
    permit.putInto(request);
    try {
      chain.doFilter(request, response);
    } finally {
      permit.release();
    }
  }

  private static String caller(HttpServletRequest request) {
    return Objects.requireNonNull(request.getUserPrincipal(), "authentication has not run")
        .getName();
  }

  private static Problem tooManyOfTheCaller() {
    return Problem.retryAfter(
        GatewayErrorCode.CONCURRENCY_EXCEEDED,
        "You have more requests in flight than are worked on for one caller. Nothing was done for this"
            + " one: wait for answers, then send it again, with the same key if it has one.",
        Duration.ofSeconds(1));
  }

  /// Those who were rejected together should not come back together.
  private static Problem full() {
    return Problem.retryAfter(
        CommonErrorCode.TEMPORARY_REDUCED_CAPACITY,
        "There is more to do now than can be done. Nothing was done for this request: send it again"
            + " later, with the same key if it has one.",
        Duration.ofSeconds(ThreadLocalRandom.current().nextInt(1, 4)));
  }
}
