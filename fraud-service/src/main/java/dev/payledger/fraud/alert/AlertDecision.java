package dev.payledger.fraud.alert;

/// What a person made of a transfer that passed unscreened.
enum AlertDecision {
  CLEARED,
  FRAUD
}
