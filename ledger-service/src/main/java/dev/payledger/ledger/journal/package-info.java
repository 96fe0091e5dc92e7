/// The one writer of money. Callers submit commands and get committed outcomes; commands that queue
/// together share a database transaction (`GroupCommit` of the service kit). Read `Journal` first,
/// then `JournalBatch` (lock, plan, write), `JournalConnections` (how a transaction ends), and the SQL
/// of `JournalReader` and `JournalWriter`. The rules are in `plan`.
///
/// Uses `plan`, `command`, `money`, `contracts` and the service kit.
@NullMarked
package dev.payledger.ledger.journal;

import org.jspecify.annotations.NullMarked;
