/// What every request of the ledger carries and how it may end: who calls (`Caller`), the tokens that
/// prove it (`AccessConfiguration`, read first), what the ledger takes from the kit
/// (`RequestConfiguration`), and the ledger's own problems (`LedgerProblems`).
@NullMarked
package dev.payledger.ledger.request;

import org.jspecify.annotations.NullMarked;
