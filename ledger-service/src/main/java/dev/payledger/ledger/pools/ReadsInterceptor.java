package dev.payledger.ledger.pools;

import dev.payledger.kit.deadline.Deadline;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.security.Principal;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/// What changes nothing, a GET, a HEAD or a dry run, reads through the connections for reads, until its
/// deadline.
@Component
class ReadsInterceptor implements HandlerInterceptor, WebMvcConfigurer {

  @Override
  public void addInterceptors(InterceptorRegistry registry) {
    registry.addInterceptor(this);
  }

  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    if (changesNothing(request)) {
      Principal caller = request.getUserPrincipal();
      PaymentsOrReads.beginRead(caller == null ? "" : caller.getName(), Deadline.of(request));
    }
    return true;
  }

  private static boolean changesNothing(HttpServletRequest request) {
    HttpMethod method = HttpMethod.valueOf(request.getMethod());
    return method.equals(HttpMethod.GET)
        || method.equals(HttpMethod.HEAD)
        || request.getRequestURI().endsWith("/dry-run");
  }

  @Override
  public void afterCompletion(
      HttpServletRequest request,
      HttpServletResponse response,
      Object handler,
      @Nullable Exception exception) {
    PaymentsOrReads.endRead();
  }
}
