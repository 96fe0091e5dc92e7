package dev.payledger.gateway.shedding;

import dev.payledger.gateway.forward.Permit;
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

/// Places for each service, so that one that hangs takes none from another.
@Component
public class Shedding {
  private record Places(Admission admission, CallerPlaces callers, WaitPlaces waits) {}

  private final Map<Upstream, Places> places = new EnumMap<>(Upstream.class);
  private final MeterRegistry metrics;
  private final Timer turnedAway;

  Shedding(SheddingProperties properties, MeterRegistry metrics) {
    this.metrics = metrics;
    this.turnedAway =
        Timer.builder("gateway.shedding.turned.away")
            .description("from the arrival of a request to its refusal")
            .publishPercentiles(0.5, 0.99)
            .register(metrics);
    for (Upstream upstream : Upstream.values()) {
      Admission admission = new Admission(properties);
      places.put(
          upstream,
          new Places(
              admission,
              new CallerPlaces(properties.caller()),
              new WaitPlaces(properties.waits())));
      Gauge.builder("gateway.shedding.limit", admission, Admission::limit)
          .description("requests that the service may work for at once")
          .tag("upstream", tag(upstream))
          .register(metrics);
      Gauge.builder("gateway.shedding.in.flight", admission, Admission::inFlight)
          .description("requests that the service works for")
          .tag("upstream", tag(upstream))
          .register(metrics);
      Gauge.builder("gateway.shedding.waiting", admission, Admission::waiting)
          .description("requests that wait for a place")
          .tag("upstream", tag(upstream))
          .register(metrics);
    }
  }

  /// A place, which is still to be entered.
  Place place(Upstream upstream, String caller, int weight, Priority priority, String route) {
    Places of = of(upstream);
    return new Place(of.callers(), of.admission(), of.waits(), caller, weight, priority, route);
  }

  /// Empty when there are enough that wait.
  Optional<Permit> waiting(Upstream upstream, String caller) throws InterruptedException {
    return of(upstream).waits().enter(caller);
  }

  void count(Upstream upstream, Priority priority, Place.Entry entry) {
    metrics
        .counter(
            "gateway.shedding.requests",
            "upstream",
            tag(upstream),
            "priority",
            tag(priority),
            "outcome",
            switch (entry) {
              case ADMITTED -> "admitted";
              case CALLER_HAS_TOO_MANY -> "caller";
              case FULL -> "shed";
            })
        .increment();
  }

  private Places of(Upstream upstream) {
    return Objects.requireNonNull(places.get(upstream));
  }

  void turnedAway(Duration after) {
    turnedAway.record(after);
  }

  private static String tag(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
