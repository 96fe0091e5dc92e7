package dev.payledger.gateway.idempotency;

import java.util.UUID;

/// A request that changes something, named by its caller.
public record KeyedCommand(
    UUID commandId,
    String principal,
    String operation,
    IdempotencyKey key,
    Fingerprint fingerprint) {}
