package dev.payledger.fraud.alert;

/// Where a review is: awaiting a decision, or what the decision was.
enum AlertStatus {
  OPEN,
  CLEARED,
  FRAUD
}
