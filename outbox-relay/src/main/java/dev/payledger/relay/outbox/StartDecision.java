package dev.payledger.relay.outbox;

import org.jspecify.annotations.Nullable;

/// What a relay may do with the state it finds. Nothing here ever skips an event: when the slot and
/// the stored offsets do not prove that they belong together, the relay refuses, and the way out is
/// to publish the outbox again from its first row.
sealed interface StartDecision {
  /// Slot and offsets belong together: go on from the offset.
  record Tail() implements StartDecision {}

  /// Nothing was ever finished here: make the slot, publish what the outbox holds, then tail.
  record CatchUp(boolean createsSlot) implements StartDecision {}

  /// Another relay holds the slot.
  record StandBy(int activePid) implements StartDecision {}

  /// Going on could skip events.
  record Refuse(String reason) implements StartDecision {}

  /// @param found the database that answers now
  static StartDecision decide(
      String slotName,
      LedgerIdentity found,
      RelayTopics.Stored stored,
      @Nullable ReplicationSlot slot) {
    LedgerIdentity bound = stored.bound();
    if (bound != null && !bound.equals(found)) {
      return new Refuse(
          "the stored offsets belong to PostgreSQL "
              + bound
              + " but the ledger's is "
              + found
              + ": positions of one mean nothing in the other");
    }
    if (slot != null && slot.activePid() != null) {
      return new StandBy(slot.activePid());
    }
    Long published = stored.position();
    if (slot == null && published != null) {
      return new Refuse(
          "replication slot "
              + slotName
              + " is gone though offsets are stored: rows committed since then may be unpublished");
    }
    if (slot != null && slot.lost()) {
      return new Refuse(
          "replication slot "
              + slotName
              + " has lost WAL it still needed (max_slot_wal_keep_size): drop it");
    }
    if (bound == null || published == null || slot == null) {
      return new CatchUp(slot == null);
    }
    if (slot.confirmedPosition() > published && stored.enginePosition() == null) {
      // Killed in its first moments of tailing: the engine had confirmed to the slot what no offset
      // says yet. The table still has every row, so publishing it again is enough.
      return new CatchUp(false);
    }
    if (slot.confirmedPosition() > published) {
      return new Refuse(
          "replication slot "
              + slotName
              + " was made anew or moved: it starts after the last position that is known published");
    }
    return new Tail();
  }
}
