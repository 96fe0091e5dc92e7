package dev.payledger.relay.outbox;

import dev.payledger.relay.outbox.LedgerDatabase.Backlog;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.BaseUnits;
import java.util.concurrent.TimeUnit;
import org.springframework.stereotype.Component;

/// What the relay lets others measure.
@Component
class RelayMetrics {
  private final MeterRegistry registry;
  private volatile Backlog backlog = Backlog.NONE;
  private volatile long retainedBytes;

  RelayMetrics(MeterRegistry registry) {
    this.registry = registry;
    TimeGauge.builder("relay.outbox.lag", () -> backlog.age().toMillis(), TimeUnit.MILLISECONDS)
        .description("Age of the oldest outbox row that Kafka has not acknowledged")
        .register(registry);
    Gauge.builder("relay.outbox.behind", () -> backlog.rows())
        .description("Outbox rows after the one acknowledged last, counted to 100,000")
        .baseUnit(BaseUnits.ROWS)
        .register(registry);
    Gauge.builder("relay.slot.retained", () -> retainedBytes)
        .description("WAL that PostgreSQL keeps for the replication slot")
        .baseUnit(BaseUnits.BYTES)
        .register(registry);
  }

  void published(OutboxEvent event) {
    Counter.builder("relay.event.published")
        .description("Events acknowledged by Kafka, repetitions included")
        .tag("topic", event.topic())
        .register(registry)
        .increment();
  }

  void measured(Backlog newBacklog, long newRetainedBytes) {
    backlog = newBacklog;
    retainedBytes = newRetainedBytes;
  }

  Backlog backlog() {
    return backlog;
  }

  long retainedBytes() {
    return retainedBytes;
  }
}
