package dev.payledger.gateway.limits;

import dev.payledger.gateway.limits.RateLimitProperties.Budget;
import dev.payledger.gateway.problem.Problem;
import dev.payledger.gateway.problem.ProblemCode;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;

/// Whether one call is within its budget, and what the budget has left
/// (draft-ietf-httpapi-ratelimit-headers: `q` calls in `w` seconds; `r` remaining, full in `t`
/// seconds).
record Decision(
    String policy,
    Budget budget,
    boolean isAllowed,
    long remaining,
    Duration fullIn,
    Duration nextIn) {

  void writeHeaders(HttpServletResponse response) {
    response.setHeader(
        "RateLimit-Policy",
        "\"%s\";q=%d;w=%d"
            .formatted(policy, budget.burst(), Math.ceilDiv(budget.burst(), budget.perSecond())));
    response.setHeader(
        "RateLimit", "\"%s\";r=%d;t=%d".formatted(policy, remaining, seconds(fullIn)));
  }

  Problem problem() {
    return Problem.retryAfter(
        ProblemCode.QUOTA_EXCEEDED,
        "At most %d calls a second (%d at once) of the kind '%s'. Try again later."
            .formatted(budget.perSecond(), budget.burst(), policy),
        nextIn);
  }

  private static long seconds(Duration duration) {
    return duration.plusNanos(999_999_999).toSeconds();
  }
}
