/// The one writer of money. Callers hand it commands and get outcomes; it decides how commands
/// become database transactions. Read `Journal` and the kit's `GroupCommit` (which commands share a transaction), then
/// `JournalBatch` (lock, plan, write), `BatchPlan` with `SagaPlan`, `ChangePlan` and `AccountPlan` over the `BatchState` and the
/// rules of `TransferPlan` (all pure), and the SQL of `JournalReader` and `JournalWriter`.
///
/// Uses only `contracts` and the kit's `groupcommit` and `retry`, and nothing of the other features.
@NullMarked
package dev.payledger.ledger.journal;

import org.jspecify.annotations.NullMarked;
