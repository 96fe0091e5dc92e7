/// Who is known to have paid whom, learned from what the ledger says. Read `Payees` first. Uses
/// `rules` for the shape that a rule looks at.
@NullMarked
package dev.payledger.fraud.payee;

import org.jspecify.annotations.NullMarked;
