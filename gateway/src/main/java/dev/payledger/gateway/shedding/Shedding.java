package dev.payledger.gateway.shedding;

import dev.payledger.gateway.forward.ConcurrencyPermit;
import dev.payledger.gateway.forward.Upstream;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.springframework.stereotype.Component;

/// Permits for each service, so that one that hangs takes none from another.
@Component
public class Shedding {
  private record Limiters(
      ConcurrencyLimiter limiter, CallerConcurrencyLimiter callers, WaitingRequestLimiter waits) {}

  private final Map<Upstream, Limiters> limiters = new EnumMap<>(Upstream.class);
  private final MeterRegistry metrics;
  private final Timer rejected;

  Shedding(SheddingProperties properties, MeterRegistry metrics) {
    this.metrics = metrics;
    this.rejected =
        Timer.builder("gateway.shedding.rejected")
            .description("from the arrival of a request to its refusal")
            .publishPercentiles(0.5, 0.99)
            .register(metrics);
    for (Upstream upstream : Upstream.values()) {
      ConcurrencyLimiter limiter = new ConcurrencyLimiter(properties);
      limiters.put(
          upstream,
          new Limiters(
              limiter,
              new CallerConcurrencyLimiter(properties.caller()),
              new WaitingRequestLimiter(properties.waits())));
      Gauge.builder("gateway.shedding.limit", limiter, ConcurrencyLimiter::limit)
          .description("requests that the service may work for at once")
          .tag("upstream", tag(upstream))
          .register(metrics);
      Gauge.builder("gateway.shedding.in.flight", limiter, ConcurrencyLimiter::inFlight)
          .description("requests that the service works for")
          .tag("upstream", tag(upstream))
          .register(metrics);
      Gauge.builder("gateway.shedding.waiting", limiter, ConcurrencyLimiter::waiting)
          .description("requests that wait for a permit")
          .tag("upstream", tag(upstream))
          .register(metrics);
    }
  }

  /// A permit that is still to be acquired.
  UpstreamPermit permit(
      Upstream upstream, String caller, int weight, Priority priority, String route) {
    Limiters of = of(upstream);
    return new UpstreamPermit(
        of.callers(), of.limiter(), of.waits(), caller, weight, priority, route);
  }

  /// Empty when there are enough that wait.
  Optional<ConcurrencyPermit> waiting(Upstream upstream, String caller)
      throws InterruptedException {
    return of(upstream).waits().tryAcquire(caller);
  }

  void count(Upstream upstream, Priority priority, UpstreamPermit.Acquisition acquisition) {
    metrics
        .counter(
            "gateway.shedding.requests",
            "upstream",
            tag(upstream),
            "priority",
            tag(priority),
            "outcome",
            switch (acquisition) {
              case ADMITTED -> "admitted";
              case CALLER_LIMIT_REACHED -> "caller";
              case LIMIT_REACHED -> "shed";
            })
        .increment();
  }

  private Limiters of(Upstream upstream) {
    return Objects.requireNonNull(limiters.get(upstream));
  }

  void rejected(Duration after) {
    rejected.record(after);
  }

  private static String tag(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
