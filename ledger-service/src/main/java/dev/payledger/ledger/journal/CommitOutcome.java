package dev.payledger.ledger.journal;

/// How one attempt at a database transaction ended. There are three ways, not two.
///
/// @param <T> what the transaction decided
sealed interface CommitOutcome<T> {
  /// The database said yes.
  record Committed<T>(T value) implements CommitOutcome<T> {}

  /// Nothing was written: a serialization failure, a deadlock, a time-out, or no connection.
  record Aborted<T>(Exception cause) implements CommitOutcome<T> {}

  /// The connection was lost, or the server warned, once COMMIT may have reached it. Only running the
  /// same commands again can tell: a look at the tables cannot, since the commit may still arrive.
  record Unknown<T>(Exception cause) implements CommitOutcome<T> {}
}
