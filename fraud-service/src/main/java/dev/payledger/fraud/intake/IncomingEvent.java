package dev.payledger.fraud.intake;

import dev.payledger.contracts.TransferEvent;

/// What a record is.
sealed interface IncomingEvent {
  /// A transfer has moved money: it was posted, or some of it was captured.
  record Moved(TransferEvent event) implements IncomingEvent {}

  /// A transfer reached a state in which it has moved nothing.
  record NothingMoved() implements IncomingEvent {}

  /// A record that breaks its topic's contract.
  ///
  /// @param why for an operator; may quote the record
  record Unreadable(String why) implements IncomingEvent {}
}
