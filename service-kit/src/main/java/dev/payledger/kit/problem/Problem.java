package dev.payledger.kit.problem;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An error as the caller reads it (RFC 9457).
///
/// @param detail what happened and what to do next, for a person and without internals
/// @param retryAfter when to try again, rounded up to whole seconds
/// @param properties members besides those that every problem has
public record Problem(
    ErrorCode code, String detail, @Nullable Duration retryAfter, Map<String, Object> properties) {
  private static final String TYPES = "https://payledger.dev/problems/";

  public Problem {
    properties = Collections.unmodifiableMap(new LinkedHashMap<>(properties));
  }

  public static Problem of(ErrorCode code, String detail) {
    return new Problem(code, detail, null, Map.of());
  }

  public static Problem retryAfter(ErrorCode code, String detail, Duration retryAfter) {
    return new Problem(code, detail, retryAfter, Map.of());
  }

  /// The same with one more member.
  public Problem with(String name, Object value) {
    Map<String, Object> more = new LinkedHashMap<>(properties);
    more.put(name, value);
    return new Problem(code, detail, retryAfter, more);
  }

  /// To leave a controller, and any transaction, with this problem.
  public ProblemException exception() {
    return new ProblemException(this);
  }

  /// The members of the document, in order.
  public Map<String, Object> body(String traceId) {
    return body(traceId, code.status());
  }

  Map<String, Object> body(String traceId, int status) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("type", TYPES + code.code());
    members.put("title", code.title());
    members.put("status", status);
    members.put("detail", detail);
    members.put("code", code.code());
    members.put("retryable", code.isRetryable());
    members.put("traceId", traceId);
    members.putAll(properties);
    return members;
  }
}
