package dev.payledger.ledger.saga;

import dev.payledger.ledger.command.SagaStep;
import java.util.UUID;

/// The right to move one saga, good until another owner takes a higher epoch.
///
/// @param attempts how often it was claimed by a recovery
/// @param step where it stands
/// @param isAsked whether fraud screening was asked before, and gave no usable answer
record SagaLease(UUID transferId, long epoch, int attempts, SagaStep step, boolean isAsked) {}
