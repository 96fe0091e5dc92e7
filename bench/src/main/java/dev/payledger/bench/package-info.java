/// How fast the ledger's journal is, against what else one could do on the same server, in one run.
/// Read `Bench`, then `Contest` (who is measured how) and `Ratios` (what follows from it).
///
/// Uses `contender`, `jpa`, `load` and `server`.
@NullMarked
package dev.payledger.bench;

import org.jspecify.annotations.NullMarked;
