package dev.payledger.contracts;

import java.time.Instant;
import java.util.UUID;

/// `ledger.account.v1`, type `AccountOpened`: an account was opened. Schema: `schemas/ledger.account.v1.json`.
public record AccountEvent(
    UUID accountId, String owner, String name, String currency, Instant occurredAt) {}
