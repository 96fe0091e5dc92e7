package dev.payledger.relay.outbox;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/// Part of readiness: up while events flow, or while another relay makes them flow.
@Component("relay")
class RelayHealth implements HealthIndicator {
  private final RelayRun relay;
  private final RelayMetrics metrics;

  RelayHealth(RelayRun relay, RelayMetrics metrics) {
    this.relay = relay;
    this.metrics = metrics;
  }

  @Override
  public Health health() {
    RelayState state = relay.state();
    Health.Builder health = state.phase().isHealthy() ? Health.up() : Health.down();
    return health
        .withDetail("state", state.phase())
        .withDetail("detail", state.detail())
        .withDetail("since", state.since())
        .withDetail("rowsBehind", metrics.backlog().rows())
        .withDetail("slotRetainedBytes", metrics.retainedBytes())
        .build();
  }
}
