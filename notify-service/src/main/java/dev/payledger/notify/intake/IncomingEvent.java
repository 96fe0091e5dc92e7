package dev.payledger.notify.intake;

import dev.payledger.contracts.AccountEntryEvent;
import dev.payledger.contracts.AccountEvent;
import java.util.UUID;

/// What a record is.
sealed interface IncomingEvent {
  /// A record that keeps its topic's contract.
  sealed interface Event extends IncomingEvent {
    UUID eventId();
  }

  record AccountOpened(UUID eventId, AccountEvent account) implements Event {}

  record EntryPosted(UUID eventId, AccountEntryEvent entry) implements Event {}

  /// A change of an account that its feed does not show.
  record NotForTheFeed() implements IncomingEvent {}

  /// A record that breaks its topic's contract.
  ///
  /// @param why for an operator; may quote the record
  record Unreadable(String why) implements IncomingEvent {}
}
