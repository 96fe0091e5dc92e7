package dev.payledger.gateway.problem;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// One "no" to one caller: `detail` says what happened and what to do next, without internals.
public record Problem(ProblemCode code, String detail, @Nullable Duration retryAfter) {

  public static Problem of(ProblemCode code, String detail) {
    return new Problem(code, detail, null);
  }

  /// A problem that comes with a `Retry-After` header, rounded up to whole seconds.
  public static Problem retryAfter(ProblemCode code, String detail, Duration retryAfter) {
    return new Problem(code, detail, retryAfter);
  }
}
