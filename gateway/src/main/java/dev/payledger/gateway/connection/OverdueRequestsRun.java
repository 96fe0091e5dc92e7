package dev.payledger.gateway.connection;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/// Closes connections whose requests trickle in: what slow senders hold is a connection, and not for
/// long. A request that is all here may take its time.
@Component
class OverdueRequestsRun {
  private final Connections connections;
  private final ConnectionProperties properties;
  private final Counter overdue;

  OverdueRequestsRun(
      Connections connections, ConnectionProperties properties, MeterRegistry meters) {
    this.connections = connections;
    this.properties = properties;
    this.overdue =
        Counter.builder("gateway.connection.overdue")
            .description("connections that were closed because a request did not arrive in time")
            .register(meters);
  }

  @Scheduled(fixedDelay = 1_000)
  void runOnce() {
    overdue.increment(connections.closeOverdue(properties.requestArrivesWithin()));
  }
}
