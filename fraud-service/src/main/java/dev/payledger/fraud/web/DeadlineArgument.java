package dev.payledger.fraud.web;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;

/// Gives a controller method its `Deadline` from the header `Request-Timeout-Ms`, or refuses the
/// request before anything else of it is read.
final class DeadlineArgument implements HandlerMethodArgumentResolver {
  static final String HEADER = "Request-Timeout-Ms";

  private final Duration timeoutMax;

  DeadlineArgument(Duration timeoutMax) {
    this.timeoutMax = timeoutMax;
  }

  @Override
  public boolean supportsParameter(MethodParameter parameter) {
    return parameter.getParameterType() == Deadline.class;
  }

  @Override
  public Deadline resolveArgument(
      MethodParameter parameter,
      @Nullable ModelAndViewContainer container,
      NativeWebRequest request,
      @Nullable WebDataBinderFactory binders) {
    String header = request.getHeader(HEADER);
    if (header == null) {
      return Deadline.in(timeoutMax);
    }
    long left;
    try {
      left = Long.parseLong(header.trim());
    } catch (NumberFormatException e) {
      throw Problems.invalidRequest(HEADER + " must be a whole number of milliseconds.");
    }
    if (left <= 0) {
      throw Problems.tooLate();
    }
    return Deadline.in(Duration.ofMillis(Math.min(left, timeoutMax.toMillis())));
  }
}
