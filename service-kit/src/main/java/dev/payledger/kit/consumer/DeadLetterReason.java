package dev.payledger.kit.consumer;

/// Why a record was not applied.
public enum DeadLetterReason {
  /// It breaks its topic's contract.
  UNREADABLE,
  /// It contradicts what is already stored under the same key.
  CONFLICT,
  /// It keeps its contract and still could not be applied.
  FAILED
}
