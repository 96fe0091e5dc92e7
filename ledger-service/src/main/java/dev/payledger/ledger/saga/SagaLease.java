package dev.payledger.ledger.saga;

import java.util.UUID;

/// The right to move one saga, good until another owner takes a higher epoch.
///
/// @param attempts how often it was claimed by a recovery
/// @param isTurnedBack whether it is compensating already
record SagaLease(UUID transferId, long epoch, int attempts, boolean isTurnedBack) {}
