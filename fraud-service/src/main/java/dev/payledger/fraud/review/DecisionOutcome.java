package dev.payledger.fraud.review;

/// Everything that deciding a review can lead to.
sealed interface DecisionOutcome {
  /// This decision stands, from now on or since before.
  record Stands(ReviewView review) implements DecisionOutcome {}

  /// Another decision came first.
  record DecidedBefore() implements DecisionOutcome {}

  /// The transfer did not pass unscreened, as far as is known.
  record Unknown() implements DecisionOutcome {}
}
