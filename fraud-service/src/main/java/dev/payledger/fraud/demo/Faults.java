package dev.payledger.fraud.demo;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/// The faults that are on, one of each kind. They end by themselves.
@Component
@Profile("demo")
class Faults {
  private final Clock clock;
  private final Map<FaultKind, Fault> faults = new EnumMap<>(FaultKind.class);

  Faults(Clock clock) {
    this.clock = clock;
  }

  /// In the place of one of the same kind.
  synchronized void add(FaultKind kind, Duration latency, int percent, Duration lasts) {
    Fault fault =
        new Fault(kind, latency, percent, clock.instant().plus(lasts), new CountDownLatch(1));
    Fault before = faults.put(kind, fault);
    if (before != null) {
      before.end();
    }
  }

  synchronized void end() {
    faults.values().forEach(Fault::end);
    faults.clear();
  }

  synchronized List<Fault> all() {
    Instant now = clock.instant();
    faults.values().removeIf(fault -> fault.isOverAt(now));
    return List.copyOf(faults.values());
  }

  Optional<Fault> find(FaultKind kind) {
    return all().stream().filter(fault -> fault.kind() == kind).findFirst();
  }
}
