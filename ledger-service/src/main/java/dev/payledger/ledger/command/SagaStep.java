package dev.payledger.ledger.command;

import java.util.Set;

/// The steps of the saga, and where each may lead. The database refuses every other way
/// (`saga_takes_legal_steps`).
public enum SagaStep {
  /// Its funds are held; fraud screening is to be asked.
  SCREEN,
  /// Screened, and held until it is captured by request, voided, or its time is over.
  CAPTURE,
  /// It compensates: what was reserved is released, newest first.
  COMPENSATE,
  /// Final: posted, or all given back.
  DONE;

  public Set<SagaStep> next() {
    return switch (this) {
      case SCREEN -> Set.of(CAPTURE, COMPENSATE, DONE);
      case CAPTURE, COMPENSATE -> Set.of(DONE);
      case DONE -> Set.of();
    };
  }
}
