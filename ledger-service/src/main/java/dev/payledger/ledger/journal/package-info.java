/// The one writer of money. Callers hand it commands and get outcomes; it decides how commands
/// become database transactions. Read `Journal`, then `TransferPlan` (the rules, pure), then
/// `JournalTables` (the SQL, with its lock order).
///
/// Uses only `contracts`, and nothing of the other features.
@NullMarked
package dev.payledger.ledger.journal;

import org.jspecify.annotations.NullMarked;
