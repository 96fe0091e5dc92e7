package dev.payledger.kit.trace;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/// One hop of a trace, as the header `traceparent` carries it (W3C Trace Context).
///
/// @param traceId 32 hexadecimal digits in lower case, not all zero
/// @param parentId of the hop that sent the header: 16 hexadecimal digits, not all zero
/// @param flags two hexadecimal digits
public record Traceparent(String traceId, String parentId, String flags) {
  public static final String HEADER = "traceparent";

  private static final String LOG_KEY = "traceId";
  private static final String ATTRIBUTE = Traceparent.class.getName();
  private static final String SAMPLED = "01";

  /// Version ff is forbidden. A later version than 00 may have more fields behind the four of version
  /// 00, which keep their places (section 3.2.2 and 4.3 of the recommendation).
  private static final Pattern FORM =
      Pattern.compile(
          "(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?");

  /// The trace of a request: that of its one valid header, or a new one. The first call decides, and
  /// every later call for the same request returns the same.
  public static Traceparent of(HttpServletRequest request) {
    if (request.getAttribute(ATTRIBUTE) instanceof Traceparent known) {
      return known;
    }
    List<String> headers = Collections.list(request.getHeaders(HEADER));
    Traceparent trace = of(headers.size() == 1 ? headers.getFirst() : null);
    request.setAttribute(ATTRIBUTE, trace);
    return trace;
  }

  /// The trace of a header's value, or a new one when there is none or it is malformed.
  public static Traceparent of(@Nullable String header) {
    return parse(header).orElseGet(Traceparent::start);
  }

  /// Empty when the recommendation demands a new trace.
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

  public static Traceparent start() {
    return new Traceparent(randomHex() + randomHex(), randomHex(), SAMPLED);
  }

  /// One hop further in the trace whose id is in the log context; empty without one.
  public static Optional<Traceparent> nextInLog() {
    return Optional.ofNullable(MDC.get(LOG_KEY))
        .map(traceId -> new Traceparent(traceId, randomHex(), SAMPLED));
  }

  /// The same trace, one hop further: for a call to another service.
  public Traceparent next() {
    return new Traceparent(traceId, randomHex(), flags);
  }

  /// The header's value, in version 00 whatever version was received.
  public String header() {
    return "00-" + traceId + "-" + parentId + "-" + flags;
  }

  /// Puts the trace id into the log context until it is closed.
  public MDC.MDCCloseable inLog() {
    return MDC.putCloseable(LOG_KEY, traceId);
  }

  private static String randomHex() {
    // Never zero: the recommendation reserves the all-zero id.
    return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong() | 1L);
  }
}
