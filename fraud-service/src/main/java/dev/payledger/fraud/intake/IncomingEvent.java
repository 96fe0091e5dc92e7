package dev.payledger.fraud.intake;

import dev.payledger.contracts.TransferEvent;

/// What a record turned out to say.
sealed interface Heard {
  /// A transfer has moved money: it was posted, or some of it was captured.
  record Moved(TransferEvent event) implements Heard {}

  /// A transfer reached a state in which it has moved nothing.
  record NothingMoved() implements Heard {}

  /// A record that breaks its topic's contract.
  ///
  /// @param why for an operator; may quote the record
  record Unreadable(String why) implements Heard {}
}
