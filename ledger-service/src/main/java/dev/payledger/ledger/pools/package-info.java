/// The connections to the database by what they are for, so that one kind of work cannot take those of
/// another: payments, reads, the audit. The journal has its own. Read `PoolConfiguration`.
@NullMarked
package dev.payledger.ledger.pools;

import org.jspecify.annotations.NullMarked;
