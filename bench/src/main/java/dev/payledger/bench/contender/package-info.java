/// The ways to move money that are measured against each other. Read `Contender`, then
/// `JournalContender` and its baselines.
///
/// Uses `load`, the ledger's journal and its tables.
@NullMarked
package dev.payledger.bench.contender;

import org.jspecify.annotations.NullMarked;
