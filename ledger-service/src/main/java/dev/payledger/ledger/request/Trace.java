package dev.payledger.ledger.request;

import jakarta.servlet.http.HttpServletRequest;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The W3C Trace Context that the request belongs to.
///
/// @param traceparent null when the caller sent none, or a malformed one
public record Trace(@Nullable String traceparent) {
  private static final Pattern TRACEPARENT =
      Pattern.compile("00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");

  public static Trace of(HttpServletRequest request) {
    String header = request.getHeader("traceparent");
    return new Trace(header != null && TRACEPARENT.matcher(header).matches() ? header : null);
  }

  /// 32 hexadecimal digits; all zero when there is no trace.
  public String traceId() {
    return traceparent == null ? "0".repeat(32) : traceparent.substring(3, 35);
  }
}
