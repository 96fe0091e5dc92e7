package dev.payledger.relay.outbox;

/// Which PostgreSQL an offset belongs to. A WAL position means something only together with the
/// cluster that wrote it and the timeline it wrote it on.
record LedgerIdentity(String systemIdentifier, int timeline) {
  @Override
  public String toString() {
    return systemIdentifier + " on timeline " + timeline;
  }
}
