package dev.payledger.kit.deadline;

import dev.payledger.kit.problem.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// The header with which a caller tells how long it waits for the answer.
public final class RequestTimeout {
  public static final String HEADER = "Request-Timeout-Ms";

  /// One spelling of each number. 0 and negative numbers are well-formed: the time is over.
  private static final Pattern MILLISECONDS = Pattern.compile("0|-?[1-9][0-9]{0,8}");

  private RequestTimeout() {}

  /// Empty when the caller names none.
  public static Optional<Duration> of(HttpServletRequest request) {
    List<String> headers = Collections.list(request.getHeaders(HEADER));
    if (headers.isEmpty()) {
      return Optional.empty();
    }
    if (headers.size() > 1 || !MILLISECONDS.matcher(headers.getFirst()).matches()) {
      throw ProblemException.invalidRequest(HEADER + " must be one whole number of milliseconds.");
    }
    return Optional.of(Duration.ofMillis(Long.parseLong(headers.getFirst())));
  }
}
