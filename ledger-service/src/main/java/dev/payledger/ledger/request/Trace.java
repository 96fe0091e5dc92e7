package dev.payledger.ledger.request;

import jakarta.servlet.http.HttpServletRequest;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/// The W3C Trace Context that a request, or a transfer that it began, belongs to.
public record Trace(String traceparent) {
  /// Of the trace id in the log context.
  static final String KEY = "traceId";

  private static final String ATTRIBUTE = Trace.class.getName();
  private static final Pattern TRACEPARENT =
      Pattern.compile("00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");

  /// The trace of the request, as `TraceFilter` has set it; a new one where no filter ran.
  public static Trace of(HttpServletRequest request) {
    return request.getAttribute(ATTRIBUTE) instanceof Trace set
        ? set
        : of(request.getHeader("traceparent"));
  }

  /// A new one when there is none, or it is malformed.
  public static Trace of(@Nullable String traceparent) {
    return new Trace(
        traceparent != null && TRACEPARENT.matcher(traceparent).matches()
            ? traceparent
            : hop(randomHex() + randomHex()));
  }

  /// A `traceparent` for a call to another service: the trace of this thread's log lines, one hop
  /// further.
  public static Optional<String> next() {
    return Optional.ofNullable(MDC.get(KEY)).map(Trace::hop);
  }

  /// 32 hexadecimal digits.
  public String traceId() {
    return traceparent.substring(3, 35);
  }

  /// Until it is closed, the log lines of this thread name the trace.
  public MDC.MDCCloseable inLog() {
    return MDC.putCloseable(KEY, traceId());
  }

  void putInto(HttpServletRequest request) {
    request.setAttribute(ATTRIBUTE, this);
  }

  private static String hop(String traceId) {
    return "00-" + traceId + "-" + randomHex() + "-01";
  }

  private static String randomHex() {
    // Never zero: the standard reserves the all-zero id.
    return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong() | 1L);
  }
}
