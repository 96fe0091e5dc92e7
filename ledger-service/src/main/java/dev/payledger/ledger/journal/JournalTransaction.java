package dev.payledger.ledger.journal;

import org.springframework.jdbc.core.simple.JdbcClient;

/// Proof that a serializable transaction of the journal is open. What must be written together takes
/// one as an argument, so that it cannot be called without.
record JournalTransaction(JdbcClient sql) {}
