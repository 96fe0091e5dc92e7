package dev.payledger.fraud.review;

/// Where a review is: awaiting a decision, or what the decision was.
enum ReviewStatus {
  OPEN,
  CLEARED,
  FRAUD
}
