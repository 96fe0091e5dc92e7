package dev.payledger.notify.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.web.servlet.HandlerInterceptor;

/// Refuses a request whose header `Request-Timeout-Ms` says that nobody waits for the answer.
final class RequestTimeout implements HandlerInterceptor {
  static final String HEADER = "Request-Timeout-Ms";

  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    String header = request.getHeader(HEADER);
    if (header == null) {
      return true;
    }
    long left;
    try {
      left = Long.parseLong(header.trim());
    } catch (NumberFormatException e) {
      throw Problems.invalidRequest(HEADER + " must be a whole number of milliseconds.");
    }
    if (left <= 0) {
      throw Problems.thrown(
          Problems.problem(
              ProblemCode.UNAVAILABLE,
              "The request's time was over before the work began. Repeat it with more time."));
    }
    return true;
  }
}
