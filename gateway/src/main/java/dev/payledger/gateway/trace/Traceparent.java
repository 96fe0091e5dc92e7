package dev.payledger.gateway.trace;

import jakarta.servlet.http.HttpServletRequest;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/// One hop of a trace, as the `traceparent` header carries it (W3C Trace Context, version 00).
public record Traceparent(String traceId, String spanId, String flags) {
  private static final String ATTRIBUTE = Traceparent.class.getName();
  // A later version may append fields; those that version 00 defines keep their places.
  private static final Pattern FORM =
      Pattern.compile(
          "(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?");

  /// The header's value, or empty when the standard says to ignore it and start a new trace.
  static Optional<Traceparent> parse(@Nullable String header) {
    if (header == null) {
      return Optional.empty();
    }
    Matcher matcher = FORM.matcher(header);
    if (!matcher.matches() || (matcher.group(1).equals("00") && matcher.group(5) != null)) {
      return Optional.empty();
    }
    return Optional.of(new Traceparent(matcher.group(2), matcher.group(3), matcher.group(4)));
  }

  static Traceparent start() {
    return new Traceparent(randomHex() + randomHex(), randomHex(), "01");
  }

  /// The same trace, one hop further in.
  Traceparent next() {
    return new Traceparent(traceId, randomHex(), flags);
  }

  /// The hop of this request, which `TraceFilter` has set; a new trace where no filter ran.
  public static Traceparent of(HttpServletRequest request) {
    return request.getAttribute(ATTRIBUTE) instanceof Traceparent set ? set : start();
  }

  public void putInto(HttpServletRequest request) {
    request.setAttribute(ATTRIBUTE, this);
  }

  /// Puts the trace id into the log context until it is closed.
  public MDC.MDCCloseable inLog() {
    return MDC.putCloseable("traceId", traceId);
  }

  public String header() {
    return "00-" + traceId + "-" + spanId + "-" + flags;
  }

  private static String randomHex() {
    // Never zero: the standard reserves the all-zero id.
    return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong() | 1L);
  }
}
