package dev.payledger.gateway;

import dev.payledger.gateway.deadline.DeadlineFilter;
import dev.payledger.gateway.deadline.DeadlineProperties;
import dev.payledger.gateway.limits.RateLimits;
import dev.payledger.gateway.problem.LastResortFilter;
import dev.payledger.gateway.routes.AnonymousRateLimitFilter;
import dev.payledger.gateway.routes.BodyFilter;
import dev.payledger.gateway.routes.CallerRateLimitFilter;
import dev.payledger.gateway.routes.RequestValidationFilter;
import dev.payledger.gateway.routes.Routes;
import dev.payledger.gateway.shedding.Shedding;
import dev.payledger.gateway.shedding.SheddingFilter;
import dev.payledger.kit.trace.TraceFilter;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import java.util.List;
import org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.web.FilterChainProxy;

/// The steps that every request takes, in this order and in no other.
///
/// What is cheap and says no stands in front of what is dear: a request without a route, too large
/// or malformed costs no signature check; a stranger costs no bucket; a flood costs no database.
@Configuration(proxyBeanMethods = false)
class GatewayFilterChain {
  private static final List<Class<? extends Filter>> ORDER =
      List.of(
          // Which trace it belongs to.
          TraceFilter.class,
          // A problem document for whatever goes wrong further in.
          LastResortFilter.class,
          // A known route, a bounded body, the right media type.
          RequestValidationFilter.class,
          // How long it may take.
          DeadlineFilter.class,
          // How often anybody may read what is open to all.
          AnonymousRateLimitFilter.class,
          // Who it is, and whether they may: Spring Security's chains (AccessConfiguration, and in
          // the demo IssuerConfiguration, with its own limit in front of the check of secrets).
          FilterChainProxy.class,
          // The whole body: nothing further in waits for a sender.
          BodyFilter.class,
          // Whether the service behind can take it now.
          SheddingFilter.class,
          // How often.
          CallerRateLimitFilter.class);

  // Idempotency and the hand-over to the service are the servlet's part: RouteController.

  @Bean
  FilterRegistrationBean<TraceFilter> trace() {
    return at(new TraceFilter());
  }

  @Bean
  FilterRegistrationBean<LastResortFilter> lastResort() {
    return at(new LastResortFilter());
  }

  @Bean
  FilterRegistrationBean<RequestValidationFilter> requestValidation(Routes routes) {
    return at(new RequestValidationFilter(routes));
  }

  @Bean
  FilterRegistrationBean<DeadlineFilter> deadline(DeadlineProperties properties) {
    return at(new DeadlineFilter(properties));
  }

  @Bean
  FilterRegistrationBean<AnonymousRateLimitFilter> anonymousRateLimit(RateLimits limits) {
    return at(new AnonymousRateLimitFilter(limits));
  }

  @Bean
  FilterRegistrationBean<BodyFilter> body() {
    return at(new BodyFilter());
  }

  @Bean
  FilterRegistrationBean<SheddingFilter> shed(Shedding shedding) {
    return at(new SheddingFilter(shedding));
  }

  @Bean
  FilterRegistrationBean<CallerRateLimitFilter> rateLimit(RateLimits limits) {
    return at(new CallerRateLimitFilter(limits));
  }

  /// Spring Boot registers Spring Security's filter at a place of its own; the others stand around it.
  private static <F extends Filter> FilterRegistrationBean<F> at(F filter) {
    FilterRegistrationBean<F> registration = new FilterRegistrationBean<>(filter);
    registration.setDispatcherTypes(DispatcherType.REQUEST);
    registration.setOrder(
        SecurityFilterProperties.DEFAULT_FILTER_ORDER
            + ORDER.indexOf(filter.getClass())
            - ORDER.indexOf(FilterChainProxy.class));
    return registration;
  }
}
