package dev.payledger.gateway.connection;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/// The first thing that happens when the gateway is told to stop, after its readiness went down: it serves
/// on for a moment, each answer the last one on its connection, so that callers leave by themselves.
/// Only then the container refuses new connections and waits for what it has begun; a request that
/// comes on an old connection at that instant finds it closed, with nothing done.
@Component
class Drain implements SmartLifecycle {
  private final Connections connections;
  private final ConnectionProperties properties;
  private volatile boolean isRunning;

  Drain(Connections connections, ConnectionProperties properties) {
    this.connections = connections;
    this.properties = properties;
  }

  @Override
  public void start() {
    isRunning = true;
  }

  @Override
  public void stop() {
    connections.keepNoLonger();
    try {
      // Nobody counts it down: it is the time that passes.
      boolean _ =
          new CountDownLatch(1).await(properties.drainFor().toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    isRunning = false;
  }

  @Override
  public boolean isRunning() {
    return isRunning;
  }

  /// Before the container's own graceful shutdown.
  @Override
  public int getPhase() {
    return Integer.MAX_VALUE;
  }
}
