package dev.payledger.ledger.request;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/// Starts the clock of every request, and refuses the one whose time is over before its body is read
/// or anything is looked up for it.
@Component
class TimeLeftInterceptor implements HandlerInterceptor, WebMvcConfigurer {
  private final Requests requests;

  TimeLeftInterceptor(Requests requests) {
    this.requests = requests;
  }

  @Override
  public void addInterceptors(InterceptorRegistry registry) {
    registry.addInterceptor(this);
  }

  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    requests.timeLeft(request);
    return true;
  }
}
