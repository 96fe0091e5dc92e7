package dev.payledger.kit.deadline;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import org.springframework.core.Ordered;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/// Gives every request its deadline, before its body is read. A request whose time is over is refused.
public final class DeadlineInterceptor implements HandlerInterceptor, WebMvcConfigurer {
  private final Duration unnamed;
  private final Duration max;

  /// @param unnamed the time of a request that names none
  /// @param max the most that a request can name
  public DeadlineInterceptor(Duration unnamed, Duration max) {
    if (!unnamed.isPositive() || unnamed.compareTo(max) > 0) {
      throw new IllegalArgumentException(
          "the time of a request that names none is positive and at most " + max);
    }
    this.unnamed = unnamed;
    this.max = max;
  }

  @Override
  public void addInterceptors(InterceptorRegistry registry) {
    // The others may need the deadline.
    registry.addInterceptor(this).order(Ordered.HIGHEST_PRECEDENCE);
  }

  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    Deadline deadline =
        Deadline.after(RequestTimeout.of(request).map(this::forTheWork).orElse(unnamed));
    if (deadline.hasPassed()) {
      throw Deadline.exceeded();
    }
    deadline.putInto(request);
    return true;
  }

  /// Nine tenths: the caller stops waiting at the end of its time, so the answer has to leave earlier.
  private Duration forTheWork(Duration named) {
    Duration bounded = named.compareTo(max) > 0 ? max : named;
    return bounded.minus(bounded.dividedBy(10));
  }
}
