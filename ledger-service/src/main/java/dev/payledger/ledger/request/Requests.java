package dev.payledger.ledger.request;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/// Reads the headers that the gateway sends along.
@Component
public class Requests {
  private static final String TIME_LEFT = TimeLeft.class.getName();

  private final RequestProperties properties;

  Requests(RequestProperties properties) {
    this.properties = properties;
  }

  /// `Request-Timeout-Ms`, milliseconds left; work past it is refused before it starts. Nine
  /// tenths of it are for the work. It runs from the first look at the request.
  public TimeLeft timeLeft(HttpServletRequest request) {
    if (request.getAttribute(TIME_LEFT) instanceof TimeLeft running) {
      return running;
    }
    TimeLeft timeLeft = TimeLeft.of(forTheWork(request.getHeader("Request-Timeout-Ms")));
    request.setAttribute(TIME_LEFT, timeLeft);
    return timeLeft;
  }

  private Duration forTheWork(@Nullable String header) {
    if (header == null) {
      return properties.timeoutDefault();
    }
    if (!header.matches("-?[0-9]{1,9}")) {
      throw new Problem(
          ProblemCode.INVALID_REQUEST,
          "Request-Timeout-Ms must be a whole number of milliseconds.");
    }
    Duration named = Duration.ofMillis(Long.parseLong(header));
    if (!named.isPositive()) {
      throw new Problem(
          ProblemCode.UNAVAILABLE, "The request's time was over before work on it began.");
    }
    Duration bounded =
        named.compareTo(properties.timeoutMax()) > 0 ? properties.timeoutMax() : named;
    // The caller stops listening at the end of it, so the answer has to leave a little earlier.
    return bounded.minus(bounded.dividedBy(10));
  }

  /// What the ledger remembers the command by: `Command-Id`, which the gateway derives from the caller's
  /// idempotency key, made the caller's own.
  public UUID commandId(HttpServletRequest request, Caller caller) {
    List<String> headers = Collections.list(request.getHeaders("Command-Id"));
    if (headers.size() != 1
        || !headers.getFirst().matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")) {
      throw new Problem(
          ProblemCode.INVALID_REQUEST,
          "Exactly one Command-Id header with a UUID in lower case is required.");
    }
    return caller.commandId(UUID.fromString(headers.getFirst()));
  }
}
