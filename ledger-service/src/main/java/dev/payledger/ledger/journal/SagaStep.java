package dev.payledger.ledger.journal;

/// The steps of the saga. SCREEN ends in a post (DONE), in funds that are held for their capture
/// (CAPTURE, then DONE), or turns back (COMPENSATE, then DONE).
public enum SagaStep {
  SCREEN,
  CAPTURE,
  COMPENSATE,
  DONE
}
