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
  /// The trace id's key in the log context.
  static final String KEY = "traceId";

  private static final String ATTRIBUTE = Trace.class.getName();
  private static final Pattern TRACEPARENT =
      Pattern.compile("00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");

  /// The trace that `TraceFilter` has set; where no filter ran, that of the header or a new one.
  public static Trace of(HttpServletRequest request) {
    return request.getAttribute(ATTRIBUTE) instanceof Trace set
        ? set
        : of(request.getHeader("traceparent"));
  }

  /// A new trace when the header is absent or malformed.
  public static Trace of(@Nullable String traceparent) {
    return new Trace(
        traceparent != null && TRACEPARENT.matcher(traceparent).matches()
            ? traceparent
            : hop(randomHex() + randomHex()));
  }

  /// The `traceparent` for a call to another service: the trace in the log context, one hop further.
  public static Optional<String> next() {
    return Optional.ofNullable(MDC.get(KEY)).map(Trace::hop);
  }

  /// 32 hexadecimal digits.
  public String traceId() {
    return traceparent.substring(3, 35);
  }

  /// Puts the trace id into the log context until it is closed.
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
