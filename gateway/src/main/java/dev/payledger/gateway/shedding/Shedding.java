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
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/// An `Admission` for each service, so that one that hangs takes no place from another.
@Component
public class Shedding {
  private final Map<Upstream, Admission> admissions = new EnumMap<>(Upstream.class);
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
      admissions.put(upstream, admission);
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

  /// Empty when the request is turned away.
  Optional<Permit> admit(
      Upstream upstream, Priority priority, @Nullable String measuredRoute, Duration timeLeft)
      throws InterruptedException {
    Admission admission = Objects.requireNonNull(admissions.get(upstream));
    boolean isAdmitted = admission.admit(priority, timeLeft);
    metrics
        .counter(
            "gateway.shedding.requests",
            "upstream",
            tag(upstream),
            "priority",
            tag(priority),
            "outcome",
            isAdmitted ? "admitted" : "shed")
        .increment();
    return isAdmitted ? Optional.of(new Place(admission, measuredRoute)) : Optional.empty();
  }

  void turnedAway(Duration after) {
    turnedAway.record(after);
  }

  private static String tag(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
