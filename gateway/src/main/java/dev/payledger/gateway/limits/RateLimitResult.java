package dev.payledger.gateway.limits;

import dev.payledger.gateway.limits.RateLimitProperties.Budget;
import dev.payledger.gateway.problem.GatewayErrorCode;
import dev.payledger.kit.problem.Problem;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;

/// Whether one call is within its budget, and what the budget has left
/// (draft-ietf-httpapi-ratelimit-headers-10: `q` tokens, refilled in `w` seconds; `r` of them left,
/// more in `t` seconds).
public sealed interface RateLimitResult {
  String policy();

  Budget budget();

  record Allowed(String policy, Budget budget, long remaining, Duration moreIn)
      implements RateLimitResult {}

  /// @param passesIn how long until the same call may pass
  record Refused(String policy, Budget budget, long remaining, Duration passesIn, int cost)
      implements RateLimitResult {}

  /// The call costs more than the bucket ever holds.
  record CostsTooMuch(String policy, Budget budget, int cost) implements RateLimitResult {}

  default void writeHeaders(HttpServletResponse response) {
    response.setHeader(
        "RateLimit-Policy",
        "\"%s\";q=%d;w=%d"
            .formatted(
                policy(), budget().burst(), Math.ceilDiv(budget().burst(), budget().perSecond())));
    switch (this) {
      case Allowed allowed -> writeLeft(response, allowed.remaining(), allowed.moreIn());
      // The same time as in Retry-After, which must not be earlier.
      case Refused refused -> writeLeft(response, refused.remaining(), refused.passesIn());
      case CostsTooMuch _ -> {}
    }
  }

  private void writeLeft(HttpServletResponse response, long remaining, Duration moreIn) {
    long seconds = Math.max(1, moreIn.plusNanos(999_999_999).toSeconds());
    response.setHeader("RateLimit", "\"%s\";r=%d;t=%d".formatted(policy(), remaining, seconds));
  }

  /// The answer to a call that may not pass.
  ///
  /// @throws IllegalStateException for one that may
  default Problem problem() {
    return switch (this) {
      case Allowed _ -> throw new IllegalStateException("allowed");
      case Refused refused ->
          Problem.retryAfter(
              GatewayErrorCode.QUOTA_EXCEEDED,
              "At most %d tokens a second (%d at once) for calls of the kind '%s'; this one costs %d. Try again later."
                  .formatted(budget().perSecond(), budget().burst(), policy(), refused.cost()),
              refused.passesIn());
      case CostsTooMuch dear ->
          Problem.of(
              GatewayErrorCode.COST_ABOVE_BURST,
              "This call costs %d tokens, and for calls of the kind '%s' nobody has more than %d at once. Ask for less in one call."
                  .formatted(dear.cost(), policy(), budget().burst()));
    };
  }
}
