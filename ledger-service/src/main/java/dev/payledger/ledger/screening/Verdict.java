package dev.payledger.ledger.screening;

/// What came of asking. Only the last two mean that fraud screening is away; the three before say
/// nothing certain about fraud-service.
public enum Verdict {
  APPROVED,
  DECLINED,
  /// Fraud-service was told earlier to let go of this transfer; it cannot be approved any more.
  RELEASED,
  /// Nothing was sent: no permit at fraud-service became free while the caller could still wait for
  /// an answer.
  CONGESTED,
  /// No answer, and none expected now: a repeat beyond the budget, or this process is stopping.
  RETRY_LATER,
  /// It was sent for the first time and took too long, and the breaker is closed: on a busy machine that
  /// is no outage. It is asked once more before anything else.
  TIMED_OUT,
  /// It was sent, and there was no usable answer in time: a time-out, an error, a body that cannot
  /// be read.
  UNAVAILABLE,
  /// Nothing was sent, because of what became of the calls before: the breaker is open.
  BREAKER_OPEN
}
