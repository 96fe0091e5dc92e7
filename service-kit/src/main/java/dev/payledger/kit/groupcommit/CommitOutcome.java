package dev.payledger.kit.groupcommit;

/// How one attempt at a database transaction ended: committed, rolled back, or unknown.
///
/// @param <T> the transaction's result
public sealed interface CommitOutcome<T> {
  /// The database confirmed the commit.
  record Committed<T>(T value) implements CommitOutcome<T> {}

  /// Nothing was written: a serialization failure, a deadlock, or no connection. The same batch may
  /// well commit the next time.
  record Aborted<T>(Exception cause) implements CommitOutcome<T> {}

  /// Nothing was written: a lock was not given in time, or the transaction took too long. The same batch
  /// would take as long again.
  record Blocked<T>(Exception cause) implements CommitOutcome<T> {}

  /// The connection was lost, or the server warned, once COMMIT may have reached it. Only running the
  /// same commands again can tell: a look at the tables cannot, since the commit may still arrive.
  record Unknown<T>(Exception cause) implements CommitOutcome<T> {}
}
