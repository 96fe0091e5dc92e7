package dev.payledger.relay.outbox;

import java.time.Instant;

/// What the relay is doing, for health and logs.
record RelayState(Phase phase, String detail, Instant since) {
  enum Phase {
    /// A dependency is not there yet, or broke; the relay keeps trying.
    WAITING(false),
    CATCHING_UP(false),
    TAILING(true),
    /// Healthy, with nothing to do while another relay holds the slot.
    STANDING_BY(true),
    /// Going on could skip events; an operator must decide.
    REFUSED(false),
    STOPPED(false);

    private final boolean healthy;

    Phase(boolean healthy) {
      this.healthy = healthy;
    }

    boolean isHealthy() {
      return healthy;
    }
  }
}
