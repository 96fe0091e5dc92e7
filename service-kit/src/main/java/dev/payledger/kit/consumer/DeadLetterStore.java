package dev.payledger.kit.consumer;

/// The service's own table of dead letters. It is a table and not a topic, because keeping a dead
/// letter then needs nothing that the surrounding transaction does not have.
public interface DeadLetterStore {
  /// Stores the record unless it is stored already.
  ///
  /// @return whether it was stored
  boolean add(DeadLetter letter);
}
