package dev.payledger.fraud.alert;

/// Everything that deciding a review can lead to.
sealed interface AlertDecisionOutcome {
  /// This decision stands, from now on or since before.
  record Stands(AlertView review) implements AlertDecisionOutcome {}

  /// Another decision came first.
  record DecidedBefore() implements AlertDecisionOutcome {}

  /// The transfer did not pass unscreened, as far as is known.
  record Unknown() implements AlertDecisionOutcome {}
}
