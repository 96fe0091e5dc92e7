package dev.payledger.fraud.assessment;

/// Everything that asking for an assessment can lead to.
sealed interface ScreeningOutcome {
  /// The verdict that stands for this transfer.
  record Assessed(AssessmentView view) implements ScreeningOutcome {}

  /// The transfer was assessed with another body before; that verdict is not this request's.
  record Mismatch() implements ScreeningOutcome {}

  /// The transfer was released, maybe before it was ever assessed; it is never assessed again.
  record Released() implements ScreeningOutcome {}

  /// The caller's time was over before the work began.
  record TooLate() implements ScreeningOutcome {}
}
