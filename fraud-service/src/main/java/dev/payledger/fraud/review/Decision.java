package dev.payledger.fraud.review;

/// What a person made of a transfer that passed unscreened.
enum Decision {
  CLEARED,
  FRAUD
}
