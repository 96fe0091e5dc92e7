package dev.payledger.relay.outbox;

import org.jspecify.annotations.Nullable;

/// The slot as PostgreSQL describes it.
///
/// @param activePid backend that streams from it now, if any
/// @param lost its WAL was removed (`max_slot_wal_keep_size`), so it can never be streamed again
/// @param confirmedPosition WAL position that it streams from, at the earliest
/// @param retainedBytes WAL that the server keeps for it
record ReplicationSlot(
    @Nullable Integer activePid, boolean lost, long confirmedPosition, long retainedBytes) {}
